-- The foreign key of the leases was dropped, and another column of theirs has one: made anew, and leases of sessions that
-- are gone are deleted.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
select session_id from unnest('{bot1, bot2}'::text[]) as id, bot_session_start(id, worker => 'w1');
alter table bot_session_leases drop constraint bot_session_leases_session_id_fkey;
alter table bot_session_leases add regress_parent text references bot_sessions on delete set null;
delete from bot_sessions where session_id = 'bot2';
:migration
select conname, pg_get_constraintdef(oid) from pg_constraint
where conrelid = 'bot_session_leases'::regclass and contype = 'f' and conparentid = 0 order by conname;
select session_id from bot_session_leases;
-- one under another name is as good; not one that does something else
alter table bot_session_leases drop constraint bot_session_leases_session_id_fkey,
  add constraint regress_own foreign key (session_id) references bot_sessions on update cascade on delete cascade not valid,
  add constraint regress_other foreign key (session_id) references bot_sessions on update cascade;
:migration
select conname from pg_constraint
where conrelid = 'bot_session_leases'::regclass and contype = 'f' and conparentid = 0 order by conname;
rollback;
