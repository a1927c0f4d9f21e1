-- anon loses everything on every run; what authenticated was granted on purpose stays; service_role gets its own back.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
grant all on bot_sessions, bot_session_events to anon, authenticated, service_role;
grant all on sequence bot_session_events_event_id_seq to anon, service_role;
grant execute on function bot_session_start(text, text, interval) to anon, authenticated;
grant usage on type bot_session to anon, authenticated;
grant execute on all functions in schema public to public;
grant all on bot_sessions, bot_session_events to public;
:migration
select r as role, c.relname, string_agg(p, ', ' order by n) as may
from unnest('{anon,authenticated,service_role}'::text[]) r,
  unnest('{select,insert,update,delete,truncate,references,trigger}'::text[]) with ordinality p (p, n), pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege(r, c.oid, p)
group by r, c.relname order by r, c.relname;
select r as role, p.oid::regprocedure as may_execute
from unnest('{anon,authenticated,service_role}'::text[]) r, pg_proc p
where p.pronamespace = 'public'::regnamespace and has_function_privilege(r, p.oid, 'execute') order by r, p.proname;
select r as role, has_type_privilege(r, 'bot_session', 'usage') as type,
  has_sequence_privilege(r, 'bot_session_events_event_id_seq', 'usage, select, update') as sequence
from unnest('{anon,authenticated,service_role}'::text[]) r order by r;
rollback;
