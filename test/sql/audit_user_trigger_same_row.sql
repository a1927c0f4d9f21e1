-- A user's BEFORE trigger that sets the status: audited as what came of it, with the reason of the call.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_rule() returns trigger language plpgsql as $$
begin
  if new.last_message = 'stop' then new.status := 'inactive'; end if;
  if new.last_message = 'stay' then new.status := 'active'; end if;
  return new;
end $$;
create trigger regress_rule before update on bot_sessions for each row execute function regress_rule();
insert into bot_sessions (session_id, qr_data) values ('bot1', 'qr-1');
-- touched, and ended by the trigger
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'stop');
-- started, and kept down
select last_message, status, previous_status from bot_session_start('bot1');
-- its message starts it again
select last_message, status, previous_status from bot_session_touch('bot1', 'stay');
-- ended, and kept up: no event, and no reason left for the next one
select last_message, status, previous_status from bot_session_end('bot1', 'why');
update bot_sessions set last_message = 'stop';
select event, reason from bot_session_events order by event_id;
rollback;
