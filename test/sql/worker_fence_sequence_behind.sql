-- A sequence that is behind the leases, as after a dump of the rows alone: whoever takes a lease gets a fence above the old one all the same.
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart 100;
select fence from bot_session_start('bot1', 'w1');
alter sequence bot_session_fences restart;
-- the same worker, started anew
select fence from bot_session_start('bot1', 'w1');
-- another one takes over
update bot_session_leases set expires_at = clock_timestamp();
select fence from bot_session_claim('w2');
update bot_session_leases set expires_at = clock_timestamp();
select fence from bot_session_start('bot1', 'w3');
-- released, and ended
select fence from bot_session_release('{"bot1": 103}');
select fence from bot_session_claim('w4');
select status from bot_session_end('bot1');
select fence from bot_session_start('bot1', 'w1');
-- what a former one holds is stale
\set SHOW_CONTEXT never
select status from bot_session_touch('bot1', 'late', fence => 100);
-- and the sequence goes on from where it is
select last_value from bot_session_fences;
select fence from bot_session_start('bot2', 'w1');
