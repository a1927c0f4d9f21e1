-- A QR code for an inactive session is not stored and its row says so; a message with it is recorded.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions values
  ('off1', '2024-01-01', 'old', 'inactive', null, '2024-01-02'),
  ('off2', '2024-01-01', 'old', 'inactive', null, '2024-01-02'),
  ('off3', '2024-01-01', 'old', 'inactive', null, '2024-01-02'),
  ('off4', '2024-01-01', 'old', 'inactive', null, '2024-01-02'),
  ('on', '2024-01-01', 'old', 'active', null, '2024-01-02');
select session_id, last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as untouched
from bot_session_touch_many('[
  {"session_id": "off1", "qr_data": "qr-1"},
  {"session_id": "off2", "qr_data": "qr-1", "last_message": "new"},
  {"session_id": "off3", "qr_data": ""},
  {"session_id": "off4"},
  {"session_id": "on", "qr_data": "qr-1"}]');
select session_id, last_message, status, qr_data, updated_at = '2024-01-02' as untouched
from bot_sessions order by session_id;
