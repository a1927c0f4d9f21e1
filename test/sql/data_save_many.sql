-- Many sessions in one call: an answer for each element in input order; refused is what one alone would raise.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select fence from bot_session_start('bot1', 'w1');
select status from bot_session_start('bot2');
select status from bot_session_start('bot3');
select status from bot_session_end('bot3');

select jsonb_pretty(bot_session_save_many('[
  {"session_id": "bot2", "data": {"creds": {"creds": "2"}, "session": {"a": "A", "b": "B"}}},
  {"session_id": "unknown", "data": {"creds": {"creds": "U"}}},
  {"session_id": "bot1", "data": {"creds": {"creds": "1"}}, "fence": 1},
  {"session_id": "bot1", "data": {"creds": {"creds": "stale"}}, "fence": 7},
  {"session_id": "bot1", "data": {"creds": {"creds": "without"}}},
  {"session_id": "bot3", "data": {"creds": {"creds": "3"}}},
  {"session_id": "bot2", "data": {}, "fence": null},
  {"session_id": "bot2", "data": {"other": {}}},
  {"session_id": "bot2", "data": {}, "fence": 1}]')) as answers;
select session_id, kind, key, value from bot_session_data order by session_id, kind, key;
-- elements of one session one after the other
select bot_session_save_many('[
  {"session_id": "bot2", "data": {"session": {"a": "A2", "b": null, "c": "C"}}},
  {"session_id": "bot1", "data": {"session": {"a": "A"}}, "fence": 1},
  {"session_id": "bot2", "data": {"session": {"a": "A2", "c": null}, "creds": null}},
  {"session_id": "bot2", "data": {"session": {"a": null}, "pre-key": {"1": "1", "2": "2"}}}]') as answers;
select session_id, kind, key, value from bot_session_data order by session_id, kind, key;
select bot_session_save_many('[]') as none;
select bot_session_save_many('[{"session_id": "nobody", "data": {}}]') as unknown;
