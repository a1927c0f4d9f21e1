select fence from bot_session_start('bot1', worker => 'host1-4f3a9c', ttl => '60 seconds');
select last_message from bot_session_touch('bot1', last_message => 'hello', fence => 1);
select session_id from bot_session_renew('{"bot1": 1}');      -- every 20 seconds; what is missing was lost
select session_id from bot_session_claim('host1-4f3a9c');     -- on boot and every few seconds
select session_id from bot_session_release('{"bot1": 1}');    -- on shutdown

do $$
begin
  assert array(select event from bot_session_events order by event_id) = array['created', 'claimed', 'released'];
  assert (select last_message = 'hello' from bot_sessions);
  assert (select state = 'orphaned' from bot_session_overview());
end $$;
