-- A role that no policy applies to needs the privileges of the statement all the same, column by column.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');

begin;
create role regress_bot bypassrls;
grant execute on function bot_session_start(text, text, interval), bot_session_touch(text, text, text, bigint, interval),
  bot_session_end(text, text, bigint, boolean), bot_session_touch_many(jsonb) to regress_bot;
set role regress_bot;

-- nothing, not even to know whether there is such a session
select status from bot_session_touch('bot1', 'hello');
select status from bot_session_touch('bot1', heartbeat_interval => '1 hour');
select status from bot_session_touch('unknown', heartbeat_interval => '1 hour');
select status from bot_session_touch('unknown', 'hello');
select status from bot_session_end('unknown');
select session_id from bot_session_touch_many('[{"session_id": "unknown"}]');
reset role;
grant select on bot_sessions to regress_bot;
set role regress_bot;
-- may read, not write
select status from bot_session_touch('bot1', 'hello');
select status from bot_session_touch('bot1', heartbeat_interval => '1 hour');
reset role;
grant update (last_message) on bot_sessions to regress_bot;
set role regress_bot;
-- may write a message, and nothing else
select last_message from bot_session_touch('bot1', 'hello');
select status from bot_session_touch('bot1', heartbeat_interval => '1 hour');
select qr_data from bot_session_touch('bot1', qr_data => '2@abc');
select qr_data from bot_session_touch('bot1', 'hello', '2@abc');
select status from bot_session_touch('bot1');
select status from bot_session_start('bot1');
select status from bot_session_end('bot1');
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "batch"}]');
select qr_data from bot_session_touch_many('[{"session_id": "bot1", "qr_data": "2@abc"}]');
select qr_data from bot_session_touch_many('[{"session_id": "bot1", "last_message": "batch"}, {"session_id": "bot1", "qr_data": "2@abc"}]');
reset role;
revoke select on bot_sessions from regress_bot;
grant select (session_id, status), update on bot_sessions to regress_bot;
set role regress_bot;
-- may write everything, but not read what is returned
select status from bot_session_touch('bot1', 'hello');
rollback;
