-- A QR code that an inactive session of an older table still holds is not removed, but not kept quiet either.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop trigger zz_bot_sessions_maintain on bot_sessions;
insert into bot_sessions (session_id, status, qr_data) values ('bot1', 'inactive', 'left over'), ('bot2', 'active', 'in use');
:migration
select session_id, qr_data from bot_sessions order by session_id;
update bot_sessions set qr_data = null where status = 'inactive';
:migration
select session_id, qr_data from bot_sessions order by session_id;
rollback;
