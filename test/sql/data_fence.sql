-- Of an active session: with a fence only the live lease's, without one while no lease is live.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select fence from bot_session_start('bot1', 'w1');
select bot_session_save('bot1', '{"creds": {"creds": "1"}}', 1) as changed;
select bot_session_load('bot1', fence => 1);
\set VERBOSITY sqlstate
select bot_session_save('bot1', '{"creds": {"creds": "stale"}}');
select bot_session_load('bot1');
select bot_session_forget('bot1');

-- taken over by the same name: the former fence is stale
select fence from bot_session_start('bot1', 'w1');
select bot_session_save('bot1', '{"creds": {"creds": "stale"}}', 1);
select bot_session_save('bot1', '{"creds": {"creds": "stale"}, "session": {"a": "A"}}', 1);
select bot_session_load('bot1', fence => 1);
select bot_session_load('bot1', '{}', fence => 3);
select bot_session_forget('bot1', 1);
select bot_session_save('bot1', '{"creds": {"creds": "2"}}', 2) as changed;

-- run out, though nobody took it: its fence is no good, and nobody's data is protected by it
update bot_session_leases set expires_at = clock_timestamp();
select bot_session_save('bot1', '{"creds": {"creds": "late"}}', 2);
select bot_session_load('bot1', fence => 2);
select bot_session_forget('bot1', 2);
select bot_session_save('bot1', '{"creds": {"creds": "without"}}') as changed;
select bot_session_load('bot1');

-- released
select fence from bot_session_start('bot1', 'w1');
select session_id from bot_session_release('{"bot1": 3}');
select bot_session_save('bot1', '{"creds": {"creds": "late"}}', 3);
select bot_session_load('bot1');

-- claimed
select fence from bot_session_claim('w2');
select bot_session_save('bot1', '{"creds": {"creds": "4"}}', 4) as changed;
select bot_session_save('bot1', '{"creds": {"creds": "late"}}');

-- ended, and started without a worker: the lease that was counts for nothing
select status from bot_session_end('bot1', fence => 4);
select status from bot_session_start('bot1');
select bot_session_save('bot1', '{"creds": {"creds": "late"}}', 4);
select bot_session_load('bot1', fence => 4);
select bot_session_save('bot1', '{"creds": {"creds": "5"}}') as changed;

-- never leased
select status from bot_session_start('bot2');
select bot_session_save('bot2', '{}', 1);
select bot_session_load('bot2', fence => 1);
select bot_session_forget('bot2', 1);
select kind, key, value from bot_session_data order by session_id, kind, key;
