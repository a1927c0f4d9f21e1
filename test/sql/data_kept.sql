-- Start, touch, claim, release, expire and a plain end keep the data; a save is no activity of the session.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select fence from bot_session_start('bot1', 'w1') \gset
select bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A", "b": "B"}}', :fence) as changed;
create temp table before as select updated_at, xmin as writer from bot_sessions;
select bot_session_save('bot1', '{"creds": {"creds": "2"}}', :fence) as changed;
select s.updated_at = b.updated_at and s.xmin = b.writer as untouched from bot_sessions s, before b;
select last_message from bot_session_touch('bot1', 'hello', fence => :fence);
select session_id from bot_session_release(jsonb_build_object('bot1', :fence));
select session_id from bot_session_claim('w2');
update bot_session_leases set expires_at = clock_timestamp();
select pg_sleep(0.001);
select session_id from bot_session_expire('1 microsecond');
select status from bot_session_start('bot1');
select status from bot_session_end('bot1');
select bot_session_load('bot1')::jsonb;
drop table before;
