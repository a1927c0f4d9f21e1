select * from bot_session_start('bot1');
select * from bot_session_touch('bot1', qr_data => '2@kR7vXw...');
select * from bot_session_touch('bot1', qr_data => ''); -- it was scanned
select * from bot_session_touch('bot1', last_message => 'hello');
select * from bot_session_end('bot1', reason => 'logged out', forget => true);

do $$
begin
  assert array(select event from bot_session_events order by event_id) = array['created', 'ended'];
  assert (select last_message = 'hello' and qr_data is null from bot_sessions);
end $$;
