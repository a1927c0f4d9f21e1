-- However a session ends, its lease ends with it; and a session that is deleted or renamed takes it along.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select count(fence) from generate_series(1, 5) n, bot_session_start('bot' || n, 'w1');
update bot_sessions set status = 'inactive' where session_id = 'bot1';
select status from bot_session_end('bot2', 'admin');
update bot_session_leases set expires_at = clock_timestamp() where session_id = 'bot3';
-- a live lease keeps a session from expiring, however long it is silent
select pg_sleep(0.01) is not null as slept;
select session_id, status, fence from bot_session_expire('1 millisecond');
delete from bot_sessions where session_id = 'bot4';
update bot_sessions set session_id = 'bot6' where session_id = 'bot5';
select session_id, worker, fence, expires_at is not null as held, released_at from bot_session_leases order by session_id;
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
select last_message from bot_session_touch('bot6', 'still mine', fence => 5);
-- back by hand: nobody holds it, and nobody may claim it
update bot_sessions set status = 'active' where session_id = 'bot1';
select * from bot_session_claim('w2');
\set VERBOSITY sqlstate
select * from bot_session_touch('bot1', fence => 1);
