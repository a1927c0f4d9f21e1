-- A user's trigger that ends another session by the API: each event has the reason of its own call.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_nested() returns trigger language plpgsql as $$
begin
  if new.session_id = 'main' and new.status = 'inactive' then
    perform public.bot_session_end(lower(tg_when), 'nested ' || tg_when);
  elsif new.session_id = 'main' then
    perform public.bot_session_start(lower(tg_when));
  end if;
  return new;
end $$;
create trigger regress_before before update on bot_sessions for each row execute function regress_nested();
create trigger regress_after after update on bot_sessions for each row execute function regress_nested();
insert into bot_sessions (session_id) values ('main'), ('before'), ('after');
select status, previous_status from bot_session_start('main');
select status, previous_status from bot_session_end('main', 'outer');
select status, previous_status from bot_session_start('main');
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
rollback;
