-- Foreign keys, both ways.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases restart identity;

begin;
create table regress_users (name text primary key);
insert into regress_users values ('alice');
alter table bot_sessions add column owner text default 'alice' references regress_users on delete cascade;
create table regress_messages (session_id text references bot_sessions on delete cascade on update cascade, body text);
select status from bot_session_start('bot1');
insert into regress_messages values ('bot1', 'hello');
-- no lock on the key: others may insert references meanwhile, as the update lock is no key update
select status, previous_status from bot_session_start('bot1');
select status from bot_session_touch('bot1', 'hello');
select status from bot_session_end('bot1');
update bot_sessions set session_id = 'bot2';
select session_id, body from regress_messages;
delete from regress_users;
select count(*) as sessions, (select count(*) from regress_messages) as messages from bot_sessions;
\set VERBOSITY sqlstate
-- nobody to own it
select status from bot_session_start('bot3');
-- a trigger's row that is refused is not audited
select session_id, event from bot_session_events order by event_id;
rollback;
