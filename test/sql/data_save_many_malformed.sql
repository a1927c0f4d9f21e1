-- A batch with anything malformed: 22023 for the whole, nothing written, nothing of it shown.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
create function regress_save(second jsonb) returns jsonb language sql as $$
  select bot_session_save_many(jsonb_build_array('{"session_id": "bot1", "data": {"a": {"b": "good"}}}'::jsonb, second)) $$;
\set VERBOSITY default
select regress_save('"secret"');
select regress_save('{"session_id": "bot1", "data": {"secret": ["secret"]}}');
select regress_save('{"session_id": "bot1", "data": {"secret": {"": "secret"}}}');
select regress_save('{"session_id": "bot1", "data": {}, "fence": "1"}');
select regress_save('{"session_id": "bot1", "data": {}, "secret": 1}');
\set VERBOSITY sqlstate
select bot_session_save_many(null);
select bot_session_save_many('null');
select bot_session_save_many('{}');
select regress_save('null');
select regress_save('{"data": {}}');
select regress_save('{"session_id": null, "data": {}}');
select regress_save('{"session_id": 1, "data": {}}');
select regress_save('{"session_id": "", "data": {}}');
select regress_save(jsonb_build_object('session_id', repeat('x', 256), 'data', '{}'::jsonb));
select regress_save('{"session_id": "bot1"}');
select regress_save('{"session_id": "bot1", "data": null}');
select regress_save('{"session_id": "bot1", "data": {}, "fence": 1.5}');
select regress_save('{"session_id": "bot1", "data": {}, "fence": 9223372036854775808}');
select regress_save('{"session_id": "bot1", "data": {"a": {"b": 1}}}');
select regress_save('{"session_id": "unknown", "data": {"": null}}');
select count(*) from bot_session_data;
drop function regress_save;
