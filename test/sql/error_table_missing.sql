-- No table bot_sessions in the functions' schema: 42P01, whatever else is called so. In C, or where it is checked, with a hint.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
\set ON_ERROR_ROLLBACK on

-- plans that are kept from before do not matter
select session_id from bot_session_start('bot1');
begin;
alter table bot_sessions rename to regress_hidden;
create temp table bot_sessions (like regress_hidden);
\set VERBOSITY sqlstate
select * from bot_session_start('bot1');
select * from bot_session_touch('bot1');
select * from bot_session_touch('bot1', heartbeat_interval => '1 hour');
select * from bot_session_end('bot1');
select * from bot_session_touch_many('[]');
select * from bot_session_expire('1 hour');
select count(*) from pg_temp.bot_sessions;

\set VERBOSITY default
do $$
declare
  c boolean := exists (select from pg_extension where extname = 'botsession');
  said text;
begin
  perform from bot_session_start('bot1');
exception when undefined_table then
  get stacked diagnostics said = pg_exception_hint;
  raise notice using message = case when c or said <> '' then said else 'Run the migration create_bot_sessions.sql.' end;
end
$$;
rollback;
select session_id, previous_status from bot_session_start('bot1');
