select from bot_session_start('bot1'), bot_session_end('bot1', reason => 'logged out');
select from bot_session_start('bot2', worker => 'w'), bot_session_release('{"bot2": 1}');

select event, reason, actor_role, happened_at from bot_session_events where session_id = 'bot1' order by event_id;
select session_id, state, worker, idle from bot_session_overview() where state in ('orphaned', 'stale');

do $$
begin
  assert array(select event from bot_session_events where session_id = 'bot1' order by event_id) = array['created', 'ended'];
  assert array(select session_id from bot_session_overview() where state = 'orphaned') = array['bot2'];
end $$;
