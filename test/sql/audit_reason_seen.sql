-- Triggers of users see what is under way in botsession.operation and botsession.reason, until the event is written.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create table seen (number serial, tg_when text, operation text, reason text);
create function regress_seen() returns trigger language plpgsql as $$
begin
  insert into public.seen (tg_when, operation, reason)
    values (tg_when, current_setting('botsession.operation', true), current_setting('botsession.reason', true));
  return new;
end $$;
create trigger regress_after after update on bot_sessions for each row execute function regress_seen();
create trigger a_regress_after after update on bot_sessions for each row execute function regress_seen();
select status from bot_session_end('bot1', 'why');
select status from bot_session_start('bot1');
select tg_when, operation, reason from seen order by number;
rollback;

-- A trigger that changes the same row first takes the operation, unless that is rolled back.
begin;
create function regress_again() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() = 1 and current_setting('botsession.operation', true) <> '' then
    begin
      update public.bot_sessions set status = 'inactive' where session_id = new.session_id;
      update public.bot_sessions set status = 'active' where session_id = new.session_id;
      if new.last_message = 'fail' then
        raise exception 'no';
      end if;
    exception when raise_exception then
      null;
    end;
  end if;
  return null;
end $$;
create trigger a_regress_again after update on bot_sessions for each row execute function regress_again();
update bot_sessions set last_message = 'fail' where session_id = 'bot1';
select status from bot_session_start('bot1');
select session_id, event from bot_session_events where event <> 'created' order by event_id;
update bot_sessions set last_message = 'go' where session_id = 'bot1';
select status from bot_session_start('bot1');
select session_id, event from bot_session_events where event <> 'created' order by event_id;
rollback;
