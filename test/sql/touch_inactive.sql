-- touch never revives: an inactive session takes a message and a heartbeat, but no QR code.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, last_message, status) values ('bot1', 'hello', 'inactive');
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'late');
select last_message, status, qr_data, previous_status, updated_at > created_at as updated from bot_session_touch('bot1');
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', qr_data => '');
-- refused, the message that came with it too
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'later', 'qr-1');
select last_message, status, qr_data from bot_sessions;
select event from bot_session_events order by event_id;
