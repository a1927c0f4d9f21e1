-- What a plain role puts into its temporary schema runs neither as the owner of the audit trail, nor as the
-- owner of a function that calls ours.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create role regress_bot;
grant select, update, delete on bot_sessions to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
create function regress_helper() returns integer language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  fences jsonb;
begin
  perform public.bot_session_start('bot2', 'w1');
  perform public.bot_session_touch('bot2', 'hello', 'secret', heartbeat_interval => '1 minute');
  perform public.bot_session_touch_many('[{"session_id": "bot2", "last_message": "hello again"}]');
  fences := (select jsonb_build_object(session_id, fence) from public.bot_session_leases);
  perform public.bot_session_renew(fences);
  perform public.bot_session_release(fences);
  perform public.bot_session_claim('w2');
  perform public.bot_session_overview();
  perform public.bot_session_end('bot2', 'enough');
  perform public.bot_session_expire('1 hour');
  return (select count(*) from public.bot_session_events where session_id = 'bot2');
end $$;
grant execute on function regress_helper() to regress_bot;
set role regress_bot;
create function pg_temp.evil(anyelement) returns boolean language plpgsql as $$ begin raise exception 'evil as %', current_user; end $$;
create domain pg_temp.jsonb as pg_catalog.jsonb check (pg_temp.evil(value));
create domain pg_temp.text as pg_catalog.text check (pg_temp.evil(value));
create domain pg_temp.timestamptz as pg_catalog.timestamptz check (pg_temp.evil(value));
create domain pg_temp.regclass as pg_catalog.regclass check (pg_temp.evil(value));
create temp table pg_class (oid oid);
create temp table bot_session_events (session_id pg_catalog.text);
set local request.jwt.claims = '{"sub": "user-1"}';
select public.regress_helper();
update public.bot_sessions set status = 'inactive' where session_id = 'bot1';
update public.bot_sessions set last_message = 'hello';
delete from public.bot_sessions;
reset role;
select event, actor_role, actor_sub from public.bot_session_events where session_id = 'bot1' and event <> 'created' order by event_id;
rollback;
