-- A session that had ended: active again, last message and creation time kept, previous_status says inactive.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions values ('bot1', '2024-01-01', 'hello', 'inactive', null, '2024-01-02');
select session_id, last_message, status, qr_data, previous_status, created_at = '2024-01-01' as created_kept
from bot_session_start('bot1');
select event, reason from bot_session_events order by event_id;
