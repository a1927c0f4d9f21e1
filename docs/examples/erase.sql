select from unnest(array['bot1', 'bot2']) as name,
  bot_session_start(name), bot_session_save(name, '{"creds": {"creds": "1"}}');

begin;
select status from bot_session_end('bot1', 'erased', forget => true);
delete from bot_sessions where session_id = 'bot1';
delete from bot_session_events where session_id = 'bot1';
commit;

do $$
begin
  assert array(select session_id from bot_sessions) = array['bot2'];
  assert array(select session_id from bot_session_data) = array['bot2'];
  assert array(select distinct session_id from bot_session_events) = array['bot2'];
end $$;
