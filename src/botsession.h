/*-------------------------------------------------------------------------
 *
 * botsession.h
 *		What all files of the extension share.
 *
 * The files lie in layers.  Each calls only files further down or, in its own
 * line, further right; check-static compares this list with the objects.
 *
 *	botsession
 *	start touch_many touch end save_many data lease version
 *	maintain_trigger audit_trigger lease_trigger data_trigger
 *	trigger_call session_result session_table
 *	session_audit session_maintain lease_table lease_check lease_direct lease_spi
 *	data_load data_table data_direct data_cache data_spi
 *	session_update session_direct session_cache session_spi
 *	events event_direct announcement session_row lease_row
 *	direct_scan direct_table table_cache kept_plan owner_switch schema
 *	data_entries json_element arguments json_string
 *
 *-------------------------------------------------------------------------
 */
#ifndef BOTSESSION_H
#define BOTSESSION_H

#define SESSION_TABLE_NAME		"bot_sessions"
#define LEASE_TABLE_NAME		"bot_session_leases"
#define EVENT_TABLE_NAME		"bot_session_events"
#define DATA_TABLE_NAME			"bot_session_data"
#define FENCE_SEQUENCE_NAME		"bot_session_fences"

/*
 * PostgREST takes the HTTP status from these, and the reason phrase from the
 * message: the message is constant, and what the caller sent stays in the
 * detail.
 */
#define ERRCODE_SESSION_NOT_FOUND	MAKE_SQLSTATE('P', 'T', '4', '0', '4')
#define ERRCODE_SESSION_CONFLICT	MAKE_SQLSTATE('P', 'T', '4', '0', '9')

/* For tables and columns that are missing or have been altered */
#define MIGRATION_HINT	"Run the migration create_bot_sessions.sql."

#endif							/* BOTSESSION_H */
