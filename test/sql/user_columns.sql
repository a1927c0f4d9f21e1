-- Columns that users add, before and after ours, drop and add again: the functions go by name.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_leases, bot_session_data;
create table bot_sessions (
  id bigint generated always as identity unique,
  gone int,
  updated_at timestamptz default now(), qr_data text,
  tenant text not null default 'me',
  status text default 'active', last_message text, created_at timestamptz default now(),
  session_id text primary key
);
alter table bot_sessions drop column gone;
:migration
alter table bot_sessions add column number int not null default 7,
  add column shout text generated always as (upper(last_message)) stored;
select session_id, last_message, status, qr_data, previous_status, created_at is not null and updated_at is not null as times
from bot_session_start('bot1');
select session_id, last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'hello', 'qr-1');
select id, tenant, number, shout, session_id, status, last_message, qr_data from bot_sessions;

-- between two calls
alter table bot_sessions drop column qr_data, drop column last_message cascade;
alter table bot_sessions add column last_message text, add column qr_data text, add column tail int;
select session_id, last_message, status, qr_data, previous_status from bot_session_start('bot1');
select session_id, last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'bye', 'qr-2');
select session_id, last_message, status, qr_data, updated_at > created_at as updated from bot_session_touch_many('[{"session_id": "bot1", "qr_data": ""}]');
select session_id, last_message, status, qr_data, previous_status from bot_session_end('bot1', 'why');
select tenant, number, session_id, status, last_message, qr_data, tail from bot_sessions;
select event, reason from bot_session_events order by event_id;
rollback;

-- what a dropped column held goes with the next update
begin;
alter table bot_sessions add column gone text;
insert into bot_sessions (session_id, gone) values ('bot1', repeat('gone', 100)), ('bot2', repeat('gone', 100));
alter table bot_sessions drop column gone;
select status from bot_session_start('bot1');
select session_id, pg_column_size(s.*) > 400 as still_there from bot_sessions s order by session_id;
rollback;
