-- No kind, key or value in an error of ours: not in its message, detail, hint or context.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select fence from bot_session_start('bot1', 'w1') \gset
select status from bot_session_start('bot2');
select status from bot_session_end('bot2');
create function regress_try(query text) returns text language plpgsql as $$
declare
  state text; message text; detail text; hint text; context text;
begin
  execute query;
  return 'no error';
exception when others then
  get stacked diagnostics state = returned_sqlstate, message = message_text, detail = pg_exception_detail,
    hint = pg_exception_hint, context = pg_exception_context;
  -- The innermost line of the context alone: the query is this test's.
  return state || case when concat(message, detail, hint, split_part(context, 'SQL statement', 1)) ~* 'xsecret|ysecret|zsecret' then ' shows a secret' else '' end;
end $$;

select regress_try(query) from unnest(array[
  $$select bot_session_save('unknown', '{"xsecret": {"ysecret": "zsecret"}}')$$,
  $$select bot_session_save('bot1', '{"xsecret": {"ysecret": "zsecret"}}')$$,
  $$select bot_session_save('bot1', '{"xsecret": {"ysecret": "zsecret"}}', -1)$$,
  $$select bot_session_save('bot2', '{"xsecret": {"ysecret": "zsecret"}}')$$,
  $$select bot_session_save('bot2', '{"xsecret": "zsecret"}')$$,
  $$select bot_session_save('bot2', '{"xsecret": {"ysecret": ["zsecret"]}}')$$,
  $$select bot_session_save('bot2', '{"xsecret": {"": "zsecret", "ysecret": "z"}}')$$,
  $$select bot_session_save('bot2', jsonb_build_object('xsecret' || repeat('x', 64), '{"ysecret": "zsecret"}'::jsonb))$$,
  $$select bot_session_save('bot2', jsonb_build_object('xsecret', jsonb_build_object('ysecret' || repeat('x', 512), 'zsecret')))$$,
  $$select bot_session_load('unknown', '{"xsecret": ["ysecret"]}')$$,
  $$select bot_session_load('bot1', '{"xsecret": ["ysecret"]}')$$,
  $$select bot_session_load('bot1', '{"xsecret": "ysecret"}')$$,
  $$select bot_session_load('bot1', '{"xsecret": [["ysecret"]]}')$$,
  $$select bot_session_load('bot1', jsonb_build_object('xsecret', jsonb_build_array('ysecret' || repeat('x', 512))))$$,
  $$select bot_session_forget('bot1', reason => 'zsecret')$$,
  $$select bot_session_save_many('[{"session_id": "bot1", "data": {"xsecret": {"ysecret": 1}}}]')$$,
  $$select bot_session_save_many('[{"session_id": "bot1", "xsecret": {"ysecret": 1}}]')$$,
  $$select bot_session_save_many('["xsecret"]')$$]) as query;
-- a row that a user's trigger, or the table's own key, refuses
create function regress_refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
create trigger regress_refuse before insert or update or delete on bot_session_data for each row execute function regress_refuse();
select regress_try(format($$select bot_session_save('bot1', '{"xsecret": {"ysecret": "zsecret"}}', %s)$$, :fence));
select regress_try(format($$select bot_session_save('bot1', '{"xsecret": {"ysecret": "zsecret", "b": "zsecret"}}', %s)$$, :fence));
drop trigger regress_refuse on bot_session_data;
drop function regress_refuse, regress_try;
