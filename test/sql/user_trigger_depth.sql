-- Triggers of users on the audit trail and on leases are called from within our trigger, whichever way a session changes.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
select session_id from bot_session_start('bot1', 'w1');
create table regress_depths (step serial, name text, depth int);
create function regress_depth() returns trigger language plpgsql as $$
begin
  insert into public.regress_depths (name, depth) values (concat_ws(' ', tg_argv[0], tg_op), pg_trigger_depth());
  return null;
end $$;
create trigger regress_depth after insert on bot_session_events for each row execute function regress_depth('event');
-- what a WHEN sees is one less
create trigger regress_outermost after insert on bot_session_events for each row
  when (pg_trigger_depth() = 0) execute function regress_depth('never seen');
create trigger regress_depth after update on bot_session_leases for each row execute function regress_depth('lease');
create trigger regress_depth after update on bot_sessions for each row execute function regress_depth('session');
select status from bot_session_end('bot1');
select status from bot_session_start('bot1');
select status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'hello');
select session_id from bot_session_start('bot2');
select count(*) from bot_session_expire('1 microsecond');
update bot_sessions set status = 'active' where session_id = 'bot1';
update bot_sessions set status = 'inactive' where session_id = 'bot1';
select name, depth from regress_depths order by step;
rollback;

create function regress_notice_depth() returns trigger language plpgsql as $$
begin
  raise notice '% at depth %', tg_table_name, pg_trigger_depth();
  return null;
end $$;
-- the same without triggers on sessions, whose queue is one of its own
begin;
select session_id from bot_session_start('bot1', 'w1');
create trigger regress_depth after insert on bot_session_events for each row execute function regress_notice_depth();
create trigger regress_depth after update on bot_session_leases for each row execute function regress_notice_depth();
select status from bot_session_start('bot1');
select status from bot_session_end('bot1');
rollback;

-- on leases alone
begin;
select session_id from bot_session_start('bot1', 'w1');
create trigger regress_depth after update on bot_session_leases for each row execute function regress_notice_depth();
select status from bot_session_end('bot1');
select status from bot_session_start('bot1');
-- the same once the audit trail is known to take events without a statement
select session_id from bot_session_start('bot1', 'w1');
select status from bot_session_end('bot1');
rollback;
drop function regress_notice_depth;
