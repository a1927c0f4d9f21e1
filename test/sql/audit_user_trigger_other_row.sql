-- A user's trigger that changes another session: that change has no reason of the call, and is no recovery.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_other() returns trigger language plpgsql as $$
begin
  if new.session_id = 'main' then
    update public.bot_sessions set status = new.status, last_message = tg_when where session_id = lower(tg_when);
  end if;
  return new;
end $$;
create trigger regress_before before update on bot_sessions for each row execute function regress_other();
create trigger regress_after after update on bot_sessions for each row execute function regress_other();
insert into bot_sessions (session_id) values ('main'), ('before'), ('after');
select status, previous_status from bot_session_start('main');
select status, previous_status from bot_session_end('main', 'why');
select status, previous_status from bot_session_start('main');
select session_id, status, last_message from bot_sessions order by session_id;
-- in the order of what happened
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
rollback;

-- though the name of the one begins with that of the other
begin;
create function regress_shorter() returns trigger language plpgsql as $$
begin
  update public.bot_sessions set status = new.status where session_id = left(new.session_id, -1);
  return new;
end $$;
create trigger regress_before before update on bot_sessions for each row execute function regress_shorter();
insert into bot_sessions (session_id) values ('bot1'), ('bot10');
select status from bot_session_start('bot10');
select status from bot_session_end('bot10', 'why');
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
rollback;
