-- USAGE of the type is not PUBLIC's: nobody else can make objects that depend on it and stand in an upgrade's way.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_user;
grant create on schema public to regress_user;
grant select, insert, update on bot_sessions to regress_user;
create policy regress_user on bot_sessions to regress_user using (true);
grant execute on all functions in schema public to regress_user;
select has_type_privilege('public', 'bot_session', 'usage') as public;
set role regress_user;
create table regress_own (session bot_session);
create function regress_own(bot_session) returns int language sql as 'select 1';
-- calling needs no USAGE
select (bot_session_start('bot1')).status;
reset role;
grant usage on type bot_session to regress_user;
set role regress_user;
create table regress_own (session bot_session);
rollback;
