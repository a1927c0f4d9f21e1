-- The QR code goes where the status becomes inactive, or the value is empty; by INSERT and by UPDATE.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, status, qr_data) values
  ('on', 'active', 'qr-1'), ('off', 'inactive', 'qr-1'), ('empty', 'active', ''), ('blank', 'active', ' ');
select session_id, status, qr_data, qr_data is null as removed from bot_sessions order by session_id collate "C";
update bot_sessions set qr_data = 'qr-2' returning session_id, status, qr_data, qr_data is null as removed;
update bot_sessions set status = 'inactive' where session_id = 'on' returning status, qr_data is null as removed;
update bot_sessions set status = 'inactive', qr_data = 'qr-3' where session_id = 'empty' returning status, qr_data is null as removed;
update bot_sessions set status = 'active', qr_data = 'qr-4' where session_id = 'off' returning status, qr_data;
update bot_sessions set qr_data = '' where session_id = 'blank' returning status, qr_data is null as removed;
