-- Trigger functions called directly: 0A000.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select bot_session_maintain();
select bot_session_audit();
