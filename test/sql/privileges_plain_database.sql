-- A database without anon, authenticated and service_role: nothing is granted to anybody but the owner.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_nobody;
select p.oid::regprocedure as function, has_function_privilege('regress_nobody', p.oid, 'execute') as nobody_may,
  exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0) as public_may
from pg_proc p where pronamespace = 'public'::regnamespace and proname like 'bot\_session%' order by proname;
select relname, has_table_privilege('regress_nobody', c.oid, 'select, insert, update, delete, truncate, references, trigger') as nobody_may
from pg_class c where relname in ('bot_sessions', 'bot_session_events') order by relname;
select has_sequence_privilege('regress_nobody', 'bot_session_events_event_id_seq', 'usage, select, update') as nobody_may;
rollback;
