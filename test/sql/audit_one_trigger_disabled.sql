-- Each of the audit triggers writes its own events: what one that is disabled would write is missing, and nothing else.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

create function regress_life() returns text language plpgsql as $$
declare
  events text;
begin
  perform bot_session_start('bot1');
  perform bot_session_start('bot1');
  perform bot_session_touch('bot1', 'hello');
  perform bot_session_end('bot1', 'why');
  perform bot_session_start('bot1');
  update bot_sessions set status = 'active', last_message = 'no start';
  delete from bot_sessions;
  with taken as (delete from bot_session_events returning event_id, event)
  select string_agg(event, ' ' order by event_id) into events from taken;
  return events;
end
$$;
select regress_life();
begin;
alter table bot_sessions disable trigger aa_bot_sessions_audit;
select regress_life();
rollback;
begin;
alter table bot_sessions disable trigger aa_bot_sessions_audit_change;
select regress_life();
rollback;
begin;
alter table bot_sessions disable trigger aa_bot_sessions_audit_start;
select regress_life();
rollback;
-- one of a user's between them: all fire in the order of their names
begin;
create function regress_ends() returns trigger language plpgsql as
$$ begin update public.bot_sessions set status = 'inactive' where session_id = new.session_id and status = 'active'; return null; end $$;
create trigger aa_bot_sessions_audit_regress after update of status on bot_sessions
  for each row when (old.status = 'active' and new.status = 'active') execute function regress_ends();
select regress_life();
rollback;
drop function regress_life();
