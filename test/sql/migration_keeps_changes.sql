-- Run again, in the same edition and from each to the other: rows and all that users changed stay.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
set local botsession.edition = 'plpgsql';
create role regress_user;
create role regress_admin;
do $$ begin if to_regrole('authenticated') is null then create role authenticated; end if; end $$;
:migration
insert into bot_sessions (session_id, last_message, qr_data, updated_at) values ('bot1', 'hello', 'qr-1', '2024-01-01');
select status from bot_session_end('bot1', 'why');

-- what users change
alter table bot_sessions add column tenant text not null default 'me', alter status set default 'inactive';
create index regress_index on bot_sessions (updated_at);
create policy regress_policy on bot_sessions to regress_user using (tenant = 'me');
alter table bot_sessions disable trigger aa_bot_sessions_audit;
alter table bot_sessions enable always trigger zz_bot_sessions_maintain;
create function regress_notice() returns trigger language plpgsql as $$ begin raise notice 'mine'; return new; end $$;
create trigger regress_trigger before update on bot_sessions for each row execute function regress_notice();
alter table bot_sessions force row level security;
comment on table bot_sessions is 'my own words';
grant select, update on bot_sessions to regress_user;
grant insert (session_id) on bot_sessions to authenticated;
grant select on bot_session_events to regress_user;
grant execute on function bot_session_start(text, text, interval), bot_session_touch(text, text, text, bigint, interval) to regress_user, authenticated;
grant execute on function bot_session_end(text, text, bigint, boolean) to regress_admin with grant option;
grant execute on function bot_session_maintain() to regress_admin;
grant usage on type bot_session to regress_user;

-- all of it, by name
create temp view state as
  select 'column' as what, attrelid::regclass::text as of, concat_ws(' ', attname, atttypid::regtype, attnotnull, attacl) as value
  from pg_attribute where attrelid in ('public.bot_sessions'::regclass, 'public.bot_session_events'::regclass, 'public.bot_session_leases'::regclass, 'public.bot_session_data'::regclass) and attnum > 0
  union all
  select 'default', adrelid::regclass::text, pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'public.bot_sessions'::regclass
  union all
  select 'index', indrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index where indrelid = 'public.bot_sessions'::regclass
  union all
  select 'policy', polrelid::regclass::text, concat_ws(' ', polname, polroles::regrole[], pg_get_expr(polqual, polrelid)) from pg_policy
  union all
  select 'trigger', tgrelid::regclass::text, concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) from pg_trigger
  where tgrelid in ('public.bot_sessions'::regclass, 'public.bot_session_leases'::regclass, 'public.bot_session_data'::regclass) and not tgisinternal
  union all
  select 'table', oid::regclass::text, concat_ws(' ', relowner::regrole, relrowsecurity, relforcerowsecurity,
    (select array_agg(a order by a::text) from unnest(relacl) a), obj_description(oid))
  from pg_class where oid in ('public.bot_sessions'::regclass, 'public.bot_session_events'::regclass, 'public.bot_session_leases'::regclass, 'public.bot_session_data'::regclass)
  union all
  select 'grant', p.oid::regprocedure::text, concat_ws(' ', grantee::regrole, privilege_type, is_grantable)
  from pg_proc p, aclexplode(p.proacl) a where pronamespace = 'public'::regnamespace and grantee <> proowner
  union all
  select 'grant', t.oid::regtype::text, concat_ws(' ', grantee::regrole, privilege_type, is_grantable)
  from pg_type t, aclexplode(t.typacl) a where typname in ('bot_session', 'bot_session_lease') and grantee <> typowner
  union all
  select 'session', session_id, s::text from public.bot_sessions s
  union all
  select 'event', session_id, e::text from public.bot_session_events e;
create temp table before as select * from state;
select what, count(*) from before where what = 'table' or value not like '%service_role%' group by what order by what;
create temp view difference as
  select '-' as sign, * from (select * from before except select * from state) a
  union all
  select '+', * from (select * from state except select * from before) b;

:migration
select count(*) as extensions from pg_extension where extname = 'botsession';
select * from difference;
set local botsession.edition = 'c';
:migration
select count(*) as extensions from pg_extension where extname = 'botsession';
select * from difference;
:migration
select * from difference;
set local botsession.edition = 'plpgsql';
:migration
select count(*) as extensions from pg_extension where extname = 'botsession';
select * from difference;
-- and works
select last_message, status, qr_data, previous_status from bot_session_start('bot1');
rollback;
