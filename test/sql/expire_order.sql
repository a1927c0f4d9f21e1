-- The oldest first, at most max_sessions, only active ones that were idle for longer; ties by session_id.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, status, qr_data, last_message, updated_at) values
  ('old3', 'active', 'qr-1', 'hello', '2024-01-03'),
  ('old1', 'active', null, null, '2024-01-01'),
  ('tie-b', 'active', null, null, '2024-01-02'),
  ('tie-a', 'active', null, null, '2024-01-02'),
  ('tie-B', 'active', null, null, '2024-01-02'),
  ('ended', 'inactive', null, null, '2024-01-01'),
  ('minute', 'active', null, null, now() - interval '1 minute'),
  ('fresh', 'active', null, null, now());
select session_id, status, previous_status from bot_session_expire('1 hour', 2);
select session_id, last_message, status, qr_data, previous_status, updated_at > '2024-01-03' as updated
from bot_session_expire('1 hour');
select session_id from bot_session_expire('1 hour');
-- a limit as large as can be
select session_id from bot_session_expire('59 seconds', 2147483647);
select session_id, status from bot_sessions order by session_id collate "C";
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
