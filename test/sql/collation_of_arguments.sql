-- The collation of what a caller passes means nothing: sessions and workers are told apart as their columns tell them.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select not exists (select from pg_collation where collname = 'und-x-icu') as skip \gset
\if :skip
\echo 'skipped: this server has no ICU'
\quit
\endif

begin;
create collation regress_any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
select session_id, fence from bot_session_start('bot1', 'w1');
select session_id, status from bot_session_start('bot2');
\set ON_ERROR_ROLLBACK on
select session_id from bot_session_touch('BOT1' collate regress_any_case, 'hello');
select session_id from bot_session_end('BOT1' collate regress_any_case);
select session_id, previous_status from bot_session_start('BOT1' collate regress_any_case);
select session_id, fence from bot_session_start('bot1', 'W1' collate regress_any_case);
-- columns with one of their own
alter table bot_session_leases drop constraint bot_session_leases_session_id_fkey;
alter table bot_sessions alter session_id type text collate "C";
alter table bot_session_leases alter session_id type text collate "C";
select session_id, fence from bot_session_start('bot1' collate "POSIX", 'w1');
select session_id, last_message from bot_session_touch('bot1' collate "POSIX", 'hello', fence => 3);
select session_id, worker from bot_session_release('{"bot1": 3}');
select session_id, worker, fence from bot_session_claim('w2' collate "POSIX");
select session_id, status from bot_session_end('bot1' collate "POSIX", fence => 4);
select session_id, status from bot_session_expire('1 microsecond', reason => 'why' collate "POSIX") order by session_id;
rollback;
