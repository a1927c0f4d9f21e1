-- A QR code that was left on an inactive session while the trigger was disabled goes when it is ended again.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
alter table bot_sessions disable trigger user;
insert into bot_sessions (session_id, status, qr_data) values ('bot1', 'inactive', 'qr-1');
alter table bot_sessions enable trigger user;
select status, qr_data, previous_status from bot_session_end('bot1', 'again');
select event, reason from bot_session_events order by event_id;
rollback;
