-- A set of calls in one statement: each sees what the calls before it did.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select n, session_id, previous_status from generate_series(0, 4) n, bot_session_start('bot' || n % 2) order by n;
select n, session_id, previous_status from generate_series(0, 4) n, bot_session_end('bot' || n % 2, 'turn ' || n) order by n;
select session_id, event, reason from bot_session_events order by event_id;
