-- Fences in a batch: of a stale one nothing is written and its row has none.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

select fence from generate_series(1, 3) n, bot_session_start('bot' || n, 'w1');
select status from bot_session_start('bot4');
select session_id, last_message, status, fence from bot_session_touch_many('[
  {"session_id": "bot1", "last_message": "held", "fence": 1},
  {"session_id": "bot2", "last_message": "stale", "fence": 1},
  {"session_id": "bot3", "last_message": "without"},
  {"session_id": "bot4", "last_message": "stale", "fence": 4},
  {"session_id": "bot3", "fence": 3},
  {"session_id": "bot2", "qr_data": "held", "fence": 2},
  {"session_id": "bot2", "qr_data": "stale", "fence": -2},
  {"session_id": "unknown", "fence": 1},
  {"session_id": "bot1", "last_message": "null", "fence": null}]');
select session_id, last_message, qr_data from bot_sessions order by session_id;
-- ended, run out
select status from bot_session_end('bot1');
update bot_session_leases set expires_at = clock_timestamp() where session_id = 'bot2';
select session_id, last_message, status, fence from bot_session_touch_many('[
  {"session_id": "bot1", "last_message": "ended", "fence": 1},
  {"session_id": "bot2", "last_message": "run out", "fence": 2}]');
-- no whole number
\set VERBOSITY terse
select * from bot_session_touch_many('[{"session_id": "bot3", "fence": "3"}]');
select * from bot_session_touch_many('[{"session_id": "bot3", "fence": 3.0}]');
select * from bot_session_touch_many('[{"session_id": "bot3", "fence": 3.5}]');
select * from bot_session_touch_many('[{"session_id": "bot3", "fence": true}]');
select * from bot_session_touch_many('[{"session_id": "bot3", "fence": [3]}]');
select * from bot_session_touch_many('[{"session_id": "bot3"}, {"session_id": "bot3", "fence": 9223372036854775808}]');
select * from bot_session_touch_many('[{"session_id": "bot3", "fence": -1e40}]');
select session_id, fence from bot_session_touch_many('[{"session_id": "bot3", "fence": 3e0}, {"session_id": "bot3", "fence": -9223372036854775808}]');
