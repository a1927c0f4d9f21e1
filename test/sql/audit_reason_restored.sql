-- botsession.reason and botsession.operation are as before after a call, and after an error in a subtransaction.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1'), ('bot2'), ('bot3');

begin;
create function regress_fail() returns trigger language plpgsql as
$$ begin if new.session_id = 'bot2' then raise exception 'no' using errcode = 'RG001'; end if; return new; end $$;
create trigger regress_fail after update on bot_sessions for each row execute function regress_fail();

select status from bot_session_end('bot1', 'one');
select coalesce(current_setting('botsession.reason', true), '') as reason, coalesce(current_setting('botsession.operation', true), '') as operation;
-- a plain write after it has no reason, and is no recovery
update bot_sessions set status = 'active' where session_id = 'bot1';
update bot_sessions set status = 'active', last_message = 'x' where session_id = 'bot1';

savepoint s;
\set VERBOSITY sqlstate
select status from bot_session_end('bot2', 'two');
rollback to s;
select coalesce(current_setting('botsession.reason', true), '') as reason, coalesce(current_setting('botsession.operation', true), '') as operation;
do $$ begin perform bot_session_start('bot2'); exception when sqlstate 'RG001' then null; end $$;
select coalesce(current_setting('botsession.reason', true), '') as reason, coalesce(current_setting('botsession.operation', true), '') as operation;
drop trigger regress_fail on bot_sessions;
update bot_sessions set last_message = 'x' where session_id = 'bot2';
update bot_sessions set status = 'inactive' where session_id = 'bot2';
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
rollback;

-- what a user set there himself is his again, and no plain write takes it
begin;
set local botsession.reason = 'mine';
select status from bot_session_end('bot3', 'three');
select current_setting('botsession.reason') as reason;
update bot_sessions set status = 'active' where session_id = 'bot3';
update bot_sessions set status = 'inactive' where session_id = 'bot3';
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
rollback;
