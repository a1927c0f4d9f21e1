-- bot_session_end with forget: it ends first, then deletes the data, also of a session that has ended already.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select fence from bot_session_start('bot1', 'w1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A"}}', 1) as changed;
\set VERBOSITY sqlstate
select * from bot_session_end('bot1', 'stale', 7, true);
select bot_session_load('bot1', fence => 1)::jsonb;
select status, previous_status, fence from bot_session_end('bot1', 'logged out', 1, forget => true);
select bot_session_load('bot1');
select event, reason from bot_session_events order by event_id;
-- nothing is left to do
select status, previous_status from bot_session_end('bot1', 'again', 1, true);

-- without a fence also what a worker runs
select fence from bot_session_start('bot2', 'w1');
select bot_session_save('bot2', '{"creds": {"creds": "2"}}', 2) as changed;
select status from bot_session_end('bot2', forget => true);
select bot_session_load('bot2');
-- ended already, and by a plain end: the data is there until it is forgotten
select status from bot_session_start('bot3');
select bot_session_save('bot3', '{"creds": {"creds": "3"}}') as changed;
select status from bot_session_end('bot3');
select status from bot_session_end('bot3', forget => null);
select status from bot_session_end('bot3', forget => false);
select bot_session_load('bot3');
select status, previous_status from bot_session_end('bot3', 'later', forget => true);
select bot_session_load('bot3');
select session_id, event, reason from bot_session_events where session_id <> 'bot1' order by event_id;
select * from bot_session_end('unknown', forget => true);

-- where a trigger cancelled the end nothing is deleted
select status from bot_session_start('bot4');
select bot_session_save('bot4', '{"creds": {"creds": "4"}}') as changed;
begin;
create function regress_cancel() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger regress_cancel before update on bot_sessions for each row execute function regress_cancel();
select status from bot_session_end('bot4', forget => true);
select bot_session_load('bot4');
rollback;
begin;
create function regress_stay() returns trigger language plpgsql as $$ begin new.status := 'active'; return new; end $$;
create trigger regress_stay before update on bot_sessions for each row execute function regress_stay();
select status from bot_session_end('bot4', forget => true);
select bot_session_load('bot4');
rollback;
-- DELETE only where something is to be forgotten
begin;
create role regress_bot;
alter table bot_sessions disable row level security;
grant execute on all functions in schema public to regress_bot;
grant select, update on bot_sessions to regress_bot;
set local role regress_bot;
savepoint s;
select status from bot_session_end('bot4', forget => true);
rollback to s;
select status from bot_session_end('bot4');
rollback;
