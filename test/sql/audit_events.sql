-- Every event, by whatever statement; TRUNCATE and a changed session_id are not among them.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1'), ('bot2');
insert into bot_sessions (session_id, status) values ('bot3', 'inactive');
update bot_sessions set status = 'active';
update bot_sessions set status = 'inactive' where session_id = 'bot1';
update bot_sessions set status = 'inactive' where session_id = 'bot1';
update bot_sessions set last_message = 'hello', qr_data = 'qr-1';
update bot_sessions set session_id = 'bot4' where session_id = 'bot1';
-- under the new name
update bot_sessions set session_id = 'bot5', status = 'inactive' where session_id = 'bot2';
delete from bot_sessions where session_id in ('bot3', 'bot4');
truncate bot_sessions, bot_session_leases, bot_session_data;
select session_id, event, reason from bot_session_events order by event_id;
