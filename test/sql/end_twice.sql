-- Ending twice changes nothing the second time and returns the row.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', 'hello', 'qr-1');
select status, qr_data, previous_status from bot_session_end('bot1', 'first');
select updated_at as ended_at from bot_sessions \gset
select session_id, last_message, status, qr_data, previous_status, updated_at = :'ended_at' as unchanged
from bot_session_end('bot1', 'second');
select updated_at = :'ended_at' as unchanged from bot_sessions;
select event, reason from bot_session_events order by event_id;
