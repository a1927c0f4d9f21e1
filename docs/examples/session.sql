-- The service starts: is there a session? previous_status is null for a new one,
-- active where the last run never ended it, inactive where it did.
select * from bot_session_start('bot1');

-- A QR code was generated; it is shown; it was scanned; a message came in.
select * from bot_session_touch('bot1', qr_data => '2@kR7vXw...');
select qr_data from bot_sessions where session_id = 'bot1';
select * from bot_session_touch('bot1', qr_data => '');
select * from bot_session_touch('bot1', last_message => 'hello');

-- The service stops.
select * from bot_session_end('bot1', reason => 'logged out');

-- What happened?
select event, reason, actor_role, happened_at from bot_session_events where session_id = 'bot1' order by event_id;

do $$
begin
  assert array(select event from bot_session_events order by event_id) = array['created', 'ended'];
  assert (select last_message = 'hello' and qr_data is null from bot_sessions);
end $$;
