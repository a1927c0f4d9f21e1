-- A schema and a role whose names hold what ends a string: found by what they are, never made part of the script.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create role "regress'$$""\owner";
grant create on database :DBNAME to "regress'$$""\owner";
create schema "regress'$$""\schema" authorization "regress'$$""\owner";
set local role "regress'$$""\owner";
create extension botsession schema "regress'$$""\schema";
reset role;
select extowner::regrole, extnamespace::regnamespace from pg_extension where extname = 'botsession';
select owner::regrole, count(*) as objects, bool_or(acl is null or exists (select from aclexplode(acl) where grantee = 0)) as public
from (
  select proowner, proacl from pg_proc where pronamespace = 'regress''$$"\schema'::regnamespace
  union all
  select typowner, typacl from pg_type where typnamespace = 'regress''$$"\schema'::regnamespace and typcategory = 'C'
) as found (owner, acl)
group by owner;
set local search_path = "regress'$$""\schema";
create table bot_sessions (session_id text primary key, created_at timestamptz default now(), last_message text, status text, qr_data text, updated_at timestamptz);
create table bot_session_events (event_id bigint generated always as identity, session_id text, event text, reason text, actor_role text, actor_sub text, happened_at timestamptz);
create trigger m before insert or update on bot_sessions for each row execute function bot_session_maintain();
create trigger a after insert or update or delete on bot_sessions for each row execute function bot_session_audit();
select status, previous_status from bot_session_start('bot1');
select status, previous_status from bot_session_end('bot1', 'why');
select event, reason from bot_session_events order by event_id;
rollback;
