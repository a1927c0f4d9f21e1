-- What a plain role puts into its temporary schema does not run as the owner of the audit trail.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create role regress_bot;
grant select, update, delete on bot_sessions to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
set role regress_bot;
create function pg_temp.evil(anyelement) returns boolean language plpgsql as $$ begin raise exception 'evil as %', current_user; end $$;
create domain pg_temp.jsonb as pg_catalog.jsonb check (pg_temp.evil(value));
create domain pg_temp.text as pg_catalog.text check (pg_temp.evil(value));
create domain pg_temp.timestamptz as pg_catalog.timestamptz check (pg_temp.evil(value));
create domain pg_temp.regclass as pg_catalog.regclass check (pg_temp.evil(value));
create temp table pg_class (oid oid);
create temp table bot_session_events (session_id pg_catalog.text);
set local request.jwt.claims = '{"sub": "user-1"}';
update public.bot_sessions set status = 'inactive' where session_id = 'bot1';
update public.bot_sessions set last_message = 'hello';
delete from public.bot_sessions;
reset role;
select event, actor_role, actor_sub from public.bot_session_events where event <> 'created' order by event_id;
rollback;
