-- What a later run makes anew, under default privileges that grant all: nobody's, as if it were the first. What was
-- granted to authenticated on purpose stays, and the last row tells it.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
\set report `sed -e '1,/^.migration.;/d' -e '$s/;$//' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to public, anon, authenticated, service_role;
alter default privileges in schema public grant all on types to anon, authenticated, service_role;
grant execute on function bot_session_start to authenticated;
drop sequence bot_session_fences cascade;
drop function bot_session_overview;
do $$ begin
  if not exists (select from pg_extension where extname = 'botsession') then
    drop function bot_session_touch;
  end if;
end $$;
:migration
:report \gset
select :'anon_may' as anon_may, :'authenticated_may' as authenticated_may;
select r as role, c.relname, has_sequence_privilege(r, c.oid, 'usage, select, update') as may
from unnest('{anon,authenticated}'::text[]) r, pg_class c
where c.relname in ('bot_session_fences', 'bot_session_events_event_id_seq') order by 1, 2;

drop table bot_session_events;
:migration
grant usage on sequence bot_session_fences to authenticated;
grant update on sequence bot_session_events_event_id_seq to authenticated;
:migration
:report \gset
select :'anon_may' as anon_may, :'authenticated_may' as authenticated_may;
select r as role, c.relname, has_sequence_privilege(r, c.oid, 'usage, select, update') as may
from unnest('{anon,authenticated}'::text[]) r, pg_class c
where c.relname in ('bot_session_fences', 'bot_session_events_event_id_seq') order by 1, 2;
rollback;
