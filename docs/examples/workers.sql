-- Start a bot: takes the lease, or fails with PT409 while another worker's is live.
select session_id, fence from bot_session_start('bot1', worker => 'host1-4f3a9c', ttl => '60 seconds');

-- Every write carries the fence that start or claim returned to this process, never one read from the table. One
-- that is not the live lease's is refused, PT409, and nothing is written.
select last_message from bot_session_touch('bot1', last_message => 'hello', fence => 1);

-- Every ttl / 3: prolong all in one call. What is missing from the answer is lost: stop that bot.
select session_id, expires_at from bot_session_renew('{"bot1": 1, "bot2": 2}');

-- On boot and every few seconds: take over what others left behind.
select session_id, fence from bot_session_claim('host1-4f3a9c', max_sessions => 10);

-- On shutdown: give them back, so that others need not wait for the ttl. The sessions stay active.
select session_id from bot_session_release('{"bot1": 1, "bot2": 2}');

select session_id, state, worker, lease_expires_at, idle from bot_session_overview(stale_after => '5 minutes')
where state in ('orphaned', 'stale') order by idle desc;

do $$
begin
  assert array(select event from bot_session_events order by event_id) = array['created', 'claimed', 'released'];
  assert (select state = 'orphaned' from bot_session_overview());
end $$;
