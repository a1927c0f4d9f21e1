-- touch records what is given and keeps the rest.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', 'hello', 'qr-1');
-- nothing: a heartbeat
select last_message, status, qr_data, previous_status, updated_at > created_at as updated from bot_session_touch('bot1');
-- a message
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'bye');
-- a QR code
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', qr_data => 'qr-2');
-- both
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'hello again', 'qr-3');
-- an empty message is a message
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', '');
-- a message, and the QR code removed
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'scanned', '');
-- the QR code removed where there is none
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', qr_data => '');
-- only the change that the table saw is audited: none of these
select event from bot_session_events order by event_id;
