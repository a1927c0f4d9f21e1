-- Triggers that users renamed are ours all the same: not doubled, and under that name in the other edition. One of
-- theirs that bears a name of ours is not taken for ours.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
set local botsession.edition = 'plpgsql';
:migration
alter trigger aa_bot_sessions_audit on bot_sessions rename to regress_audit;
alter trigger aa_bot_session_leases_audit on bot_session_leases rename to regress_leases;
alter trigger zz_bot_sessions_maintain on bot_sessions rename to zzz_regress_maintain;
alter table bot_sessions disable trigger zzz_regress_maintain;
create temp view triggers as
  select tgrelid::regclass as of, tgname, tgfoid::regproc as calls, tgenabled from pg_trigger
  where tgrelid in (to_regclass('public.bot_sessions'), to_regclass('public.bot_session_leases'), to_regclass('public.bot_session_data')) and not tgisinternal
  order by tgname collate "C";
:migration
table triggers;
set local botsession.edition = 'c';
:migration
table triggers;
set local botsession.edition = 'plpgsql';
:migration
table triggers;
select status, fence from bot_session_start('bot1', 'w1');
select event from bot_session_events order by event_id;

drop trigger regress_audit on bot_sessions;
create function regress_nothing() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger aa_bot_sessions_audit after delete on bot_sessions for each row execute function regress_nothing();
:migration
rollback;
