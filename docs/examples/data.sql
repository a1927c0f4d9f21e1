select status from bot_session_start('bot1');
select * from bot_session_save('bot1', '{"creds": {"creds": "{\"me\": 1}"}, "session": {"a.0": "A", "b.1": "B"}}');
-- null deletes a key, null for a kind deletes the kind
select * from bot_session_save('bot1', '{"session": {"a.0": "A2", "b.1": null}, "pre-key": null}') as changed;
select bot_session_load('bot1', '{"session": ["a.0"]}') as loaded;

select bot_session_save_many('[{"session_id": "bot1", "data": {"creds": {"creds": "{\"me\": 2}"}}}, {"session_id": "bot2", "data": {}}]');

do $$
begin
  assert (select array_agg((kind, key, value)::text order by kind) = array['(creds,creds,"{""me"": 2}")', '(session,a.0,A2)']
    from bot_session_data);
end $$;
