-- forgotten: a DELETE left a session that is still there without data. Not where the session goes too, nor for TRUNCATE or a changed session_id.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) select 'bot' || i from generate_series(1, 6) i;
insert into bot_session_data (session_id, kind, key, value) select session_id, 'session', k, 'v' from bot_sessions, unnest('{a, b}'::text[]) k;
truncate bot_session_events restart identity;

delete from bot_session_data where session_id = 'bot1' and key = 'a';
select event from bot_session_events;
delete from bot_session_data where session_id = 'bot1';
-- one statement, several sessions, some not wholly
delete from bot_session_data where session_id in ('bot3', 'bot2') or session_id = 'bot4' and key = 'a';
-- nothing deleted
delete from bot_session_data where session_id = 'none';
-- with the session
delete from bot_sessions where session_id = 'bot4';
-- renamed
update bot_session_data set session_id = 'bot6' where session_id = 'bot5' and key = 'none';
update bot_sessions set session_id = 'bot7' where session_id = 'bot6';
select session_id, count(*) from bot_session_data group by session_id order by session_id;
set request.jwt.claims = '{"sub": "user-1"}';
delete from bot_session_data where session_id = 'bot7';
reset request.jwt.claims;
truncate bot_session_data;
select session_id, event, reason, actor_role = current_user as by_us, actor_sub from bot_session_events order by event_id;
