/*-------------------------------------------------------------------------
 *
 * data_load.h
 *		Reading table bot_session_data, as JSON.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATA_LOAD_H
#define DATA_LOAD_H

#include "data_entries.h"
#include "kept_plan.h"

extern text *data_load(SpiCall *call, text *session_id, DataEntries *keys);

#endif							/* DATA_LOAD_H */
