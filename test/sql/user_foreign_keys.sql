-- Foreign keys, both ways.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

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

-- foreign keys that refer to what the functions change follow it
begin;
alter table bot_sessions add unique (last_message), add unique (updated_at), add unique (session_id, qr_data);
select status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'one', 'qr-1');
create table regress_messages (last_message text references bot_sessions (last_message) on update cascade);
create table regress_times (updated_at timestamptz references bot_sessions (updated_at) on update cascade);
create table regress_codes (session_id text, qr_data text,
  foreign key (session_id, qr_data) references bot_sessions (session_id, qr_data) on update cascade);
create table regress_sessions (session_id text references bot_sessions on update cascade);
insert into regress_messages select last_message from bot_sessions;
insert into regress_times select updated_at from bot_sessions;
insert into regress_codes select session_id, qr_data from bot_sessions;
insert into regress_sessions select session_id from bot_sessions;
create view followed as
select s.session_id, s.last_message, s.qr_data, m.last_message = s.last_message as message, t.updated_at = s.updated_at as time,
  c.qr_data = s.qr_data as code
from bot_sessions s, regress_messages m, regress_times t, regress_codes c;
select * from followed;
select last_message from bot_session_touch('bot1', 'two');
select * from followed;
select status from bot_session_touch('bot1');
select * from followed;
select last_message, qr_data from bot_session_touch_many('[{"session_id": "bot1", "qr_data": "qr-2"}, {"session_id": "bot1", "last_message": "three"}]');
select * from followed;
-- the QR code that the end of a session removes, and nobody may refer to any longer
select qr_data from bot_session_end('bot1');
select last_message, qr_data, message, time, code from followed;
rollback;
begin;
alter table bot_sessions add unique (last_message);
select status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'one');
create table regress_messages (last_message text references bot_sessions (last_message));
insert into regress_messages values ('one');
-- refused, as it is referred to
select last_message from bot_session_touch('bot1', 'two');
select last_message from bot_session_touch('bot1', 'one');
rollback;

-- the trigger's own column
begin;
alter table bot_sessions add unique (updated_at);
select status from bot_session_start('bot1');
create table regress_times (updated_at timestamptz references bot_sessions (updated_at) on update cascade);
insert into regress_times select updated_at from bot_sessions;
select last_message from bot_session_touch('bot1', 'one');
select count(*) from bot_sessions join regress_times using (updated_at);
rollback;

-- a foreign key of a column that the functions change
begin;
create table regress_words (word text primary key);
insert into regress_words values ('hello');
alter table bot_sessions add foreign key (last_message) references regress_words;
select status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'hello');
\set VERBOSITY sqlstate
select last_message from bot_session_touch('bot1', 'bye');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "bye"}]');
select last_message from bot_sessions;
rollback;
