-- Everything that anon and authenticated may try after a migration under default privileges that grant them all: 42501.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events restart identity cascade;

set client_min_messages = warning;

begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
drop schema public cascade;
create schema public;
grant all on schema public to anon, authenticated;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on types to anon, authenticated, service_role;
:migration
select status, fence > 0 as leased from bot_session_start('bot1', worker => 'worker1');
create schema regress_attack;
grant all on schema regress_attack to anon, authenticated;
create table regress_attack.outcome (role name, call text, state text);

do $do$
declare
  visitor text;
  target text;
  call text;
  calls text[] := '{}';
begin
  -- each function that the extension or the migration made, whatever it is called with
  calls := calls || array(select format('select %s(%s)', p.oid::regproc, (
      select string_agg(format('null::%s', format_type(t, null)), ', ' order by n) from unnest(proargtypes) with ordinality as a (t, n)))
    from pg_proc p where pronamespace = 'public'::regnamespace order by proname);
  foreach target in array array(select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname) loop
    calls := calls || array[
      format('select * from %s', target), format('select count(*) from %s', target), format('select 1 from %s', target),
      format('select * from %s for share', target),
      format('insert into %s default values', target), format('delete from %s', target), format('truncate %s', target),
      format('update %s set session_id = session_id', target), format('lock table %s in access share mode', target),
      format('create trigger t after insert on %s for each row execute function suppress_redundant_updates_trigger()', target),
      format('create policy p on %s using (true)', target), format('alter table %s disable row level security', target),
      format('create index on %s (session_id)', target), format('drop table %s', target), format('comment on table %s is null', target),
      format('create table regress_attack.child () inherits (%s)', target),
      format('create rule r as on insert to %s do nothing', target),
      format('create statistics regress_attack.s on session_id, ctid from %s', target),
      format('grant select on %s to current_user', target)];
  end loop;
  calls := calls || array(
    select format(c, relname) from pg_class,
      unnest(array['select nextval(''%s'')', 'select currval(''%s'')', 'select setval(''%s'', 1)', 'select last_value from %s',
        'alter sequence %s restart', 'drop sequence %s']) as c
    where relnamespace = 'public'::regnamespace and relkind = 'S');
  calls := calls || array[
    'create table regress_attack.t (id text references bot_sessions)',
    'create table regress_attack.t (id text, foreign key (id) references bot_session_leases)',
    'create table regress_attack.t (s bot_session)', 'create table regress_attack.t (s bot_session_lease)',
    'create table regress_attack.t of bot_session', 'create domain regress_attack.d as bot_session',
    'create function regress_attack.f(bot_session) returns int language sql as ''select 1''',
    'create function regress_attack.f() returns setof bot_session_lease language sql as ''select null::bot_session_lease''',
    'alter type bot_session add attribute x text', 'drop type bot_session',
    'alter function bot_session_audit() owner to current_user', 'drop function bot_session_start',
    'create or replace function bot_session_audit() returns trigger language plpgsql as ''begin return null; end''',
    'create table regress_attack.bot_sessions (session_id text);
     create trigger a after insert on regress_attack.bot_sessions for each row execute function public.bot_session_audit()',
    'create table regress_attack.bot_sessions (session_id text);
     create trigger m before insert on regress_attack.bot_sessions for each row execute function public.bot_session_maintain()',
    'create table regress_attack.bot_sessions (session_id text);
     create trigger l after insert on regress_attack.bot_sessions for each row execute function public.bot_session_audit_lease()'];
  foreach visitor in array '{anon, authenticated}'::text[] loop
    foreach call in array calls loop
      begin
        execute 'set local role ' || visitor;
        execute call;
        reset role;
        raise exception using errcode = 'XX999', message = 'undo';
      exception
        when sqlstate 'XX999' then insert into regress_attack.outcome values (visitor, call, 'allowed');
        when others then insert into regress_attack.outcome values (visitor, call, sqlstate);
      end;
      reset role;
    end loop;
  end loop;
end
$do$;
select role, state, count(*) > 80 as many from regress_attack.outcome group by role, state order by 1, 2;
select role, call, state from regress_attack.outcome where state <> '42501' order by role, call;
select session_id, status from bot_sessions;
rollback;
