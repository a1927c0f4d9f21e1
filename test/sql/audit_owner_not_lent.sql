-- The owner's rights, with which the trail is written, end with it: neither later triggers nor an error caught have them.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events restart identity cascade;

begin;
create role regress_bot;
create schema regress_own authorization regress_bot;
grant select, insert, update, delete, trigger on bot_sessions to regress_bot;
grant select, insert, update on bot_session_leases to regress_bot;
grant usage on sequence bot_session_fences to regress_bot;
grant execute on all functions in schema public to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
create policy regress_bot on bot_session_leases to regress_bot using (true);
-- a trigger of the owner's on the trail, which refuses some
create function refuse() returns trigger language plpgsql as $$
begin
  if new.reason = 'refused' then raise exception 'refused'; end if;
  return new;
end $$;
create trigger refuse before insert on bot_session_events for each row execute function refuse();

set role regress_bot;
set search_path = regress_own, public;
create table regress_own.seen (at text, role name);
create function regress_own.see() returns trigger language plpgsql as $$
begin
  insert into regress_own.seen values (tg_name, current_user);
  begin
    insert into public.bot_session_events (session_id, event) values ('bot1', 'forged');
    insert into regress_own.seen values ('forged', current_user);
  exception when insufficient_privilege then null;
  end;
  return new;
end $$;
create trigger a_see before insert or update on public.bot_sessions for each row execute function regress_own.see();
create trigger zz_see after insert or update on public.bot_sessions for each row execute function regress_own.see();
create constraint trigger zz_see_late after insert or update on public.bot_sessions deferrable initially deferred
  for each row execute function regress_own.see();
select status from bot_session_start('bot1', worker => 'worker1');
select status from bot_session_touch('bot1', 'hello');
do $$
begin
  perform bot_session_end('bot1', reason => 'refused');
exception when others then
  insert into regress_own.seen values (sqlerrm, current_user);
  begin
    delete from public.bot_session_events;
    insert into regress_own.seen values ('deleted', current_user);
  exception when insufficient_privilege then null;
  end;
end $$;
select status from bot_session_end('bot1', reason => 'why');
set constraints all immediate;
select at, role, count(*) from seen group by at, role order by at;
select current_user, current_setting('search_path') as search_path;
reset role;
reset search_path;
select event, reason, actor_role from bot_session_events order by event_id;
rollback;
