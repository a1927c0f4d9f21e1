-- The life of a session: start, QR code, message, crash, start again, end, start anew.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select session_id, last_message, status, qr_data, previous_status from bot_session_start('bot1');
select session_id, last_message, status, qr_data, previous_status from bot_session_touch('bot1', qr_data => 'qr-1');
select session_id, last_message, status, qr_data, previous_status from bot_session_touch('bot1', last_message => 'hello');
-- crashed: found as it was
select session_id, last_message, status, qr_data, previous_status from bot_session_start('bot1');
-- scanned
select session_id, last_message, status, qr_data, previous_status from bot_session_touch('bot1', qr_data => '');
select session_id, last_message, status, qr_data, previous_status from bot_session_touch('bot1', qr_data => 'qr-2');
select session_id, last_message, status, qr_data, previous_status from bot_session_end('bot1', 'logged out');
-- the message is kept, the QR code is not
select session_id, last_message, status, qr_data, previous_status from bot_session_start('bot1');
delete from bot_sessions where session_id = 'bot1';

select event_id, session_id, event, reason, actor_role = current_user as by_me, actor_sub
from bot_session_events order by event_id;
