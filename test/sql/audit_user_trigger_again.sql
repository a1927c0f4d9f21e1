-- A user's AFTER trigger that changes the row once more: recovered and the reason belong to the first change alone.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_again() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() = 1 then
    update public.bot_sessions set last_message = concat(last_message, '+') where session_id = new.session_id;
  end if;
  if new.status = 'inactive' and new.last_message = 'keep alive+' then
    update public.bot_sessions set status = 'active' where session_id = new.session_id;
  end if;
  return null;
end $$;
create trigger regress_again after update on bot_sessions for each row execute function regress_again();
insert into bot_sessions (session_id) values ('bot1');
-- recovered once
select last_message, status, previous_status from bot_session_start('bot1');
-- ended with a reason, reopened without
update bot_sessions set last_message = 'keep alive';
select last_message, status, previous_status from bot_session_end('bot1', 'why');
select last_message, status, previous_status from bot_session_start('bot1');
update bot_sessions set last_message = 'bye';
select last_message, status, previous_status from bot_session_end('bot1', 'really');
-- reopened once, and not recovered
select last_message, status, previous_status from bot_session_start('bot1');
select event, reason from bot_session_events order by event_id;
rollback;
