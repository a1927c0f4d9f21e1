-- A user's trigger with names that it does not qualify. In the C edition the caller's search_path stays as it is.
-- In PL/pgSQL it is empty inside a function that sets it, as Supabase's lint demands of functions: such a
-- trigger must qualify its names or set its own search_path there. Hence an alternative expected file.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create table regress_log (line text);
create function regress_log() returns trigger language plpgsql as $$ begin insert into regress_log values (new.last_message); return null; end $$;
create trigger regress_log after update on bot_sessions for each row execute function regress_log();
select last_message from bot_session_touch('bot1', 'hello');
-- this works in both
alter function regress_log() set search_path from current;
select last_message from bot_session_touch('bot1', 'bye');
select line from regress_log;
rollback;
