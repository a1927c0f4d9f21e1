-- Arguments by name in any order, as PostgREST sends them; null is the same as not given.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select session_id, status from bot_session_start(session_id => 'bot1');
select last_message, qr_data from bot_session_touch(qr_data => 'qr-1', last_message => 'hello', session_id => 'bot1');
select last_message, qr_data from bot_session_touch(last_message => null, session_id => 'bot1', qr_data => null);
select session_id, last_message from bot_session_touch_many(sessions => '[{"session_id": "bot1", "last_message": "bye"}]');
select status, qr_data from bot_session_end(reason => 'why', session_id => 'bot1');
select session_id from bot_session_expire(reason => 'x', max_sessions => 1, idle => '1 hour');
-- one object a call, not a set
select (bot_session_start('bot1')).previous_status, bot_session_end('bot1') is null as is_null;
