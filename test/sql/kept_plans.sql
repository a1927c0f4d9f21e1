-- The table changes under an open session: the functions follow, and fail clearly where they cannot.
-- The C edition insists on the types of the columns; PL/pgSQL takes a varchar for a text: an alternative expected file.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

-- all plans made
select previous_status from bot_session_start('bot1');
select previous_status from bot_session_start('bot1');
select last_message, qr_data from bot_session_touch('bot1', 'hello', 'qr-1');
select last_message from bot_session_touch('bot1', 'bye');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "many"}]');
select session_id from bot_session_expire('1 hour');

begin;
alter table bot_sessions add column number int default 1, alter status set default 'inactive';
select last_message, status, previous_status from bot_session_start('bot1');
create index regress_index on bot_sessions (updated_at);
alter table bot_sessions set (fillfactor = 50);
select last_message from bot_session_touch('bot1', 'indexed');
-- columns that go
alter table bot_sessions drop column last_message;
select status from bot_session_start('bot1');
select count(*) from bot_session_touch_many('[{"session_id": "bot1"}]');
select status from bot_session_end('bot1');
alter table bot_sessions add column last_message text;
select last_message, status from bot_session_touch('bot1', 'back');
rollback;
select last_message, status from bot_session_touch('bot1');

-- a column of another type
begin;
alter table bot_sessions alter last_message type varchar(20), alter updated_at type timestamp;
select last_message, status, previous_status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'typed');
update bot_sessions set last_message = 'typed';
rollback;
select last_message, previous_status from bot_session_start('bot1');
\set VERBOSITY default
begin;
alter table bot_sessions alter last_message type varchar(20);
select last_message, previous_status from bot_session_start('bot1');
rollback;
select last_message, qr_data, previous_status from bot_session_start('bot1');
