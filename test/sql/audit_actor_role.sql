-- actor_role is the role of SET ROLE, else the session's user, never the owner of a definer function on the way.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role "regress_Caller ""x""";
create role regress_owner;
create role regress_login;
create policy regress on bot_sessions to regress_owner, regress_login, "regress_Caller ""x""" using (true);
grant select, insert, update, delete on bot_sessions to regress_owner, regress_login, "regress_Caller ""x""";
grant execute on all functions in schema public to regress_owner, regress_login, "regress_Caller ""x""";
grant create on schema public to regress_owner;
set role regress_owner;
create function regress_start(id text) returns text language sql security definer as
$$ select previous_status || ' ' || current_user from bot_session_start(id) $$;
create function regress_write(id text) returns void language sql security definer as
$$ update bot_sessions set status = 'inactive' where session_id = id $$;
reset role;

select current_user = session_user as nobody_set;
insert into bot_sessions (session_id) values ('bot1');
set role "regress_Caller ""x""";
select session_id from bot_session_start('bot1');
delete from bot_sessions;
insert into bot_sessions (session_id) values ('bot1');
select regress_start('bot1');
select regress_write('bot1');
select status from bot_session_start('bot1');
reset role;
select regress_start('bot1');
set session authorization regress_login;
select regress_start('bot1');
set role "none";
select status from bot_session_end('bot1');
reset session authorization;
select event, case when actor_role = session_user then 'session_user' else actor_role end as actor
from bot_session_events order by event_id;
rollback;
