-- A user's AFTER trigger that calls the API for the same session: events in order, the result is what the outer call wrote.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_restart() returns trigger language plpgsql as $$
begin
  if new.status = 'inactive' and pg_trigger_depth() = 1 then
    perform public.bot_session_start(new.session_id);
    perform public.bot_session_touch(new.session_id, 'restarted');
  end if;
  return null;
end $$;
create trigger regress_restart after update on bot_sessions for each row execute function regress_restart();
insert into bot_sessions (session_id) values ('bot1');
select last_message, status, previous_status from bot_session_end('bot1', 'why');
select last_message, status from bot_sessions;
select event, reason from bot_session_events order by event_id;
rollback;
