-- A function of ours that its owner, who may be another role, has replaced is not called by whoever runs the migration.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
select edition from bot_session_version() \gset
create or replace function bot_session_version(out edition text, out version text) stable language plpgsql as $$
begin
  perform set_config('regress.called', 'yes', false);
end $$;
:migration
select current_setting('regress.called', true) as called;
select edition = :'edition' as ours from bot_session_version();
rollback;
