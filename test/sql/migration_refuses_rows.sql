-- Rows that may not be: counted by what is wrong, and not shown.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_leases, bot_session_data;
create table bot_sessions (session_id text primary key, created_at timestamptz, last_message text, status text, qr_data text, updated_at timestamptz);
insert into bot_sessions values
  ('bot1', now(), null, 'paused', 'secret', now()),
  ('bot2', now(), null, 'ACTIVE', 'secret', now()),
  ('bot3', now(), null, null, 'secret', now()),
  ('bot4', null, null, 'active', 'secret', now()),
  ('bot5', now(), null, 'active', 'secret', null),
  ('', now(), null, 'active', 'secret', now()),
  (repeat('x', 256), now(), null, 'active', 'secret', now()),
  (repeat('x', 255), now(), null, 'active', 'secret', now());
:migration
select count(*) as rows, (select count(*) from pg_trigger where tgrelid = 'bot_sessions'::regclass) as triggers from bot_sessions;
select attname from pg_attribute where attrelid = 'bot_sessions'::regclass and attnum > 0 and attnotnull;
delete from bot_sessions where length(session_id) <> 255;
:migration
select count(*) from bot_sessions;
rollback;

-- rows that a policy hides from the role that runs it, and the setting of that role
begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
create role regress_owner;
grant usage, create on schema public to regress_owner;
create table bot_sessions (session_id text primary key, created_at timestamptz, last_message text, status text, qr_data text, updated_at timestamptz);
insert into bot_sessions values ('bot1', now(), null, 'paused', 'secret', now());
alter table bot_sessions owner to regress_owner;
alter table bot_sessions enable row level security;
alter table bot_sessions force row level security;
create policy regress_hides on bot_sessions using (status = 'active');
set local botsession.edition = 'plpgsql';
set role regress_owner;
:migration
show row_security;
alter table bot_sessions no force row level security;
update bot_sessions set status = 'active';
:migration
show row_security;
select session_id, status from bot_sessions;
rollback;
