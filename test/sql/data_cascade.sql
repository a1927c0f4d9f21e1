-- Deleting the session deletes its data, renaming it moves them.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select fence from bot_session_start('bot1', 'w1') \gset
select bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A"}}', :fence) as changed;
update bot_sessions set session_id = 'bot2';
select session_id, kind, key, value from bot_session_data order by kind;
select bot_session_load('bot2', fence => :fence)::jsonb;
delete from bot_sessions;
select count(*) from bot_session_data;
-- under the same name again it starts with nothing
select status from bot_session_start('bot2');
select bot_session_load('bot2');
-- no data without a session
\set VERBOSITY sqlstate
insert into bot_session_data (session_id, kind, key, value) values ('none', 'a', 'b', 'c');
