-- What is saved is loaded: by key, by kind, all of it; kinds and keys that are not there are missing.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');

select bot_session_load('bot1') as nothing;
select * from bot_session_save('bot1', '{"creds": {"creds": "{\"me\": 1}"}, "session": {"a.0": "A", "b.1": "B"}}') as changed;
select bot_session_load('bot1')::jsonb as everything;
select bot_session_load('bot1', null)::jsonb as null_is_everything;
select bot_session_load('bot1', 'null')::jsonb as json_null_too;
select bot_session_load('bot1', '{}') as nothing;
select bot_session_load('bot1', '{"session": ["a.0"]}') as a_key;
select bot_session_load('bot1', '{"session": ["b.1", "a.0", "c.2", "a.0"], "creds": ["none"]}')::jsonb as some_keys;
select bot_session_load('bot1', '{"session": null}')::jsonb as a_kind;
select bot_session_load('bot1', '{"session": null, "creds": ["creds"], "pre-key": null}')::jsonb as a_kind_and_a_key;
select bot_session_load('bot1', '{"pre-key": ["1"]}') as none;
select bot_session_load('bot1', '{"session": []}') as no_key;
-- json and not a set: one row, whose function and column a client may name
select * from bot_session_load(session_id => 'bot1', keys => '{"session": ["a.0"]}');
select pg_typeof(bot_session_load('bot1')), pg_typeof(bot_session_save('bot1', '{}'));

-- what is not named is kept
select * from bot_session_save('bot1', '{"session": {"c.2": "C"}, "pre-key": {"1": "P"}}') as changed;
select bot_session_load('bot1')::jsonb as everything;
-- of another session nothing
select status from bot_session_start('bot2');
select bot_session_load('bot2') as nothing;
