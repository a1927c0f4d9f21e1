-- Missing columns, other types, generated columns: listed, all at once, and nothing changed.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_leases, bot_session_data;
-- one that is dropped does not count
create table bot_sessions (session_id text primary key, created_at timestamptz, last_message text, status text, qr_data text, updated_at timestamptz);
alter table bot_sessions drop column qr_data;
:migration
-- as many ORMs have it
alter table bot_sessions add column qr_data varchar(100), alter created_at type timestamp, alter last_message type json using null;
:migration
alter table bot_sessions alter qr_data type text, alter created_at type timestamptz, drop column last_message,
  add column last_message text generated always as (upper(status)) stored;
:migration
create type regress_status as enum ('active', 'inactive');
alter table bot_sessions alter last_message drop expression, alter status type regress_status using 'active';
:migration
-- the trail
alter table bot_sessions alter status type text;
alter table bot_session_events rename reason to why;
alter table bot_session_events alter event_id type integer;
:migration
select attname, atttypid::regtype from pg_attribute where attrelid = 'bot_sessions'::regclass and attnum > 0 and not attisdropped order by attnum;
select count(*) as triggers from pg_trigger where tgrelid = 'bot_sessions'::regclass;
select relrowsecurity from pg_class where oid = 'bot_sessions'::regclass;
\set VERBOSITY sqlstate
:migration
rollback;
