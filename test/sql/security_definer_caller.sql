-- Called through a definer function of the user's: privileges and row level security are those of its owner.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_owner;
create role regress_user;
grant create on schema public to regress_owner;
grant select, insert, update on bot_sessions to regress_owner;
grant execute on function bot_session_start(text, text, interval) to regress_owner;
create policy regress_owner on bot_sessions to regress_owner using (session_id like 'my%');
set role regress_owner;
create function regress_start(id text) returns text language sql security definer as $$ select status from bot_session_start(id) $$;
set role regress_user;
select regress_start('my1');
select regress_start('your1');
select status from bot_session_start('my1');
reset role;
select session_id, event, actor_role from bot_session_events;
rollback;
