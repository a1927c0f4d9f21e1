select status from bot_session_start('bot1', worker => 'host1-4f3a9c', ttl => '1 hour'); -- what it did before it died

select session_id from bot_session_release((
  select jsonb_object_agg(session_id, fence) from bot_session_leases where worker = 'host1-4f3a9c'
));
select session_id, worker from bot_session_claim('host2-91d0e7');
