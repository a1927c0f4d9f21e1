-- data is an object of kinds with objects of strings and null, keys one of arrays of strings and null: else 22023.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
\set VERBOSITY default
select bot_session_save(null, '{}');
select bot_session_save('', '{}');
select bot_session_save('bot1', '{"kind": ["secret"]}');
select bot_session_load('bot1', '{"kind": "secret"}');
\set VERBOSITY sqlstate
select bot_session_save(repeat('x', 256), '{}');
select bot_session_save('bot1', null);
select bot_session_save('bot1', 'null');
select bot_session_save('bot1', '[]');
select bot_session_save('bot1', '"text"');
select bot_session_save('bot1', '1');
select bot_session_save('bot1', '{"kind": "text"}');
select bot_session_save('bot1', '{"kind": 1}');
select bot_session_save('bot1', '{"kind": []}');
select bot_session_save('bot1', '{"kind": {"key": 1}}');
select bot_session_save('bot1', '{"kind": {"key": true}}');
select bot_session_save('bot1', '{"kind": {"key": {}}}');
select bot_session_save('bot1', '{"kind": {"key": []}}');
select bot_session_save('bot1', '{"good": {"key": "text"}, "kind": {"key": "text", "other": {"a": "b"}}}');
select bot_session_load(null);
select bot_session_load('');
select bot_session_load('bot1', '[]');
select bot_session_load('bot1', '"text"');
select bot_session_load('bot1', '{"kind": 1}');
select bot_session_load('bot1', '{"kind": {}}');
select bot_session_load('bot1', '{"kind": ["a", 1]}');
select bot_session_load('bot1', '{"kind": [null]}');
select bot_session_load('bot1', '{"kind": [["a"]]}');
select bot_session_forget(null);
select bot_session_forget('');
-- a kind twice in the JSON text: the last one counts, as everywhere in jsonb
select bot_session_save('bot1', '{"kind": {"a": "1"}, "kind": {"a": "2"}}') as changed;
select bot_session_load('bot1');
