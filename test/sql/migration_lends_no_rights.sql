-- A superuser runs the migration over tables of another role: nothing that this role put into an index, a statistics
-- object or a constraint runs with the rights of the superuser, neither then nor at the end of the transaction.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
create role regress_hostile;
grant create, usage on schema public to regress_hostile;
set role regress_hostile;
create table public.bot_sessions (session_id text primary key, created_at timestamptz not null default now(), last_message text,
  status text not null default 'active', qr_data text, updated_at timestamptz not null default now());
create function public.attack() returns void language plpgsql as $$
begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    execute 'alter role regress_hostile superuser';
  end if;
end $$;
-- later, and by going back to the role before
create table public.traps (n int);
create sequence public.calls;
create function public.trap() returns trigger language plpgsql as 'begin perform public.attack(); return null; end';
create constraint trigger trap after insert on public.traps deferrable initially deferred for each row execute function public.trap();
create function public.attack_all() returns boolean language plpgsql as $$
begin
  perform public.attack();
  begin
    execute 'reset role';
    perform public.attack();
  exception when insufficient_privilege then null;
  end;
  insert into public.traps values (1);
  perform set_config('search_path', 'public, pg_catalog', false);
  return true;
end $$;
create function public.innocent(text) returns boolean language plpgsql immutable as $$
begin
  -- not while the trap is laid, where a superuser's session stands in for that of the role
  if current_setting('regress.armed', true) = 'yes' then
    perform nextval('public.calls');
    perform public.attack_all();
  end if;
  return true;
end $$;
create index on public.bot_sessions (session_id) where public.innocent('x');
create statistics public.s on (public.innocent('x')), (last_message || 'x') from public.bot_sessions;
alter table public.bot_sessions add check (public.innocent('x'));
insert into public.bot_sessions (session_id) values ('bot1');
reset role;
set regress.armed = 'yes';
:migration
show search_path;
set constraints all immediate;
set regress.armed = '';
select rolsuper, is_called as tried from pg_roles, public.calls where rolname = 'regress_hostile';
select setval('public.calls', 1, false) \gset
select relname, relowner::regrole from pg_class where relname in ('bot_sessions', 'bot_session_leases') order by relname;

-- a later run
set role regress_hostile;
create index on public.bot_session_leases (session_id) where public.innocent('x');
create index on public.bot_session_events (session_id) where public.innocent('x');
insert into public.bot_session_leases (session_id, worker, fence, expires_at) values ('bot1', 'w1', 41, now());
reset role;
set regress.armed = 'yes';
:migration
set constraints all immediate;
set regress.armed = '';
select rolsuper, is_called as tried from pg_roles, public.calls where rolname = 'regress_hostile';
select setval('public.calls', 1, false) \gset
select nextval('bot_session_fences');

-- what has to be altered is left to the owner
set role regress_hostile;
alter table public.bot_sessions alter created_at drop not null;
drop index public.bot_session_events_session_id_idx;
alter table public.bot_session_leases drop constraint bot_session_leases_session_id_fkey;
reset role;
set regress.armed = 'yes';
:migration
set regress.armed = '';
select rolsuper, is_called as tried from pg_roles, public.calls where rolname = 'regress_hostile';
select setval('public.calls', 1, false) \gset
rollback;
