-- What anon was granted by a role that may grant, the owner cannot take back: a warning says who can, and the last row
-- that it is so.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
\set report `sed -e '1,/^.migration.;/d' -e '$s/;$//' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
create role "regress Granter";
grant usage on schema public to "regress Granter";
grant select, insert on bot_sessions to "regress Granter" with grant option;
grant select (reason) on bot_session_events to "regress Granter" with grant option;
grant execute on function bot_session_start to "regress Granter" with grant option;
grant usage on sequence bot_session_fences to "regress Granter" with grant option;
grant usage on type bot_session to "regress Granter" with grant option;
set role "regress Granter";
grant select, insert on bot_sessions to anon;
grant select (reason) on bot_session_events to anon;
grant execute on function bot_session_start to public;
grant usage on sequence bot_session_fences to anon;
grant usage on type bot_session to anon, authenticated;
reset role;
-- what anon granted goes with anon's own
grant delete on bot_sessions to anon with grant option;
set role anon;
grant delete on bot_sessions to "regress Granter";
reset role;
:migration
:report \gset
select :'anon_may' as anon_may, has_table_privilege('regress Granter', 'bot_sessions', 'delete') as granter;
set role "regress Granter";
revoke insert, select on table public.bot_sessions from anon;
revoke select (reason) on table public.bot_session_events from anon;
revoke execute on function public.bot_session_start(text,text,interval) from public;
revoke usage on sequence public.bot_session_fences from anon;
revoke usage on type public.bot_session from anon;
reset role;
:migration
:report \gset
select :'anon_may' as anon_may, :'owner' = current_user as owner;
rollback;
