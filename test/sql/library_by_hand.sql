-- The library, loaded by hand: not by a plain user; and a superuser who gives its functions other names gets no further than an error.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events restart identity cascade;

begin;
create role regress_user;
create schema regress_attack authorization regress_user;
set role regress_user;
load '$libdir/botsession';
create function regress_attack.start(text, text, interval) returns void language c as '$libdir/botsession', 'bot_session_start';
create function regress_attack.audit() returns trigger language c as '$libdir/botsession', 'bot_session_audit';
create function regress_attack.load() returns void language plpgsql as $$ begin load '$libdir/botsession'; end $$;
select regress_attack.load();
reset role;

-- it looks for the table in its own schema, where there is none
load '$libdir/botsession';
create function regress_attack.start(text, text, interval) returns bot_session language c as '$libdir/botsession', 'bot_session_start';
select regress_attack.start('bot1', null, null);
create table regress_attack.bot_sessions (like bot_sessions including all);
-- and writes the trail of that schema alone
create function regress_attack.audit() returns trigger language c as '$libdir/botsession', 'bot_session_audit';
create trigger a after insert on regress_attack.bot_sessions for each row execute function regress_attack.audit();
insert into regress_attack.bot_sessions (session_id) values ('bot1');
create trigger a after insert on bot_sessions for each row execute function regress_attack.audit();
insert into bot_sessions (session_id) values ('bot1');
create function regress_attack.ended(text, text, bigint) returns text language c as '$libdir/botsession', 'bot_session_end';
insert into regress_attack.bot_sessions (session_id) values ('bot1');
select regress_attack.ended('bot1', null, null);
select count(*) from bot_session_events;
-- a table of data that lacks its NOT NULL
drop trigger a on regress_attack.bot_sessions;
insert into regress_attack.bot_sessions (session_id) values ('bot1');
create table regress_attack.bot_session_leases (like bot_session_leases including all);
create table regress_attack.bot_session_data (session_id text, kind text, key text, value text);
create function regress_attack.load(text, jsonb, bigint) returns json language c as '$libdir/botsession', 'bot_session_load';
insert into regress_attack.bot_session_data values ('bot1', 'creds', 'creds', 'text');
select regress_attack.load('bot1', null, null);
insert into regress_attack.bot_session_data values ('bot1', 'creds', 'none', null);
select regress_attack.load('bot1', null, null);
-- another result, and definitions of another version: those of another extension
create function regress_attack.version() returns text language c as '$libdir/botsession', 'bot_session_version';
select regress_attack.version();
alter extension plpgsql add function regress_attack.version();
select regress_attack.version();
rollback;
