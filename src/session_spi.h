/*-------------------------------------------------------------------------
 *
 * session_spi.h
 *		Access to the rows of table bot_sessions through SPI.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_SPI_H
#define SESSION_SPI_H

#include "utils/timestamp.h"

#include "kept_plan.h"
#include "session_row.h"

extern bool session_spi_read(SpiCall *call, text *session_id, SessionRow *row);
extern bool session_spi_lock(SpiCall *call, text *session_id, SessionRow *row);
extern int	session_spi_lock_many(SpiCall *call, text **session_ids, int n,
								  text ***locked);
extern int	session_spi_lock_idle(SpiCall *call, TimestampTz idle_since,
								  int max_sessions, text ***locked);
extern bool session_spi_insert(SpiCall *call, text *session_id,
							   SessionRow *row);
extern void session_spi_update(SpiCall *call, text *session_id,
							   const SessionChanges *changes, SessionRow *row);

#endif							/* SESSION_SPI_H */
