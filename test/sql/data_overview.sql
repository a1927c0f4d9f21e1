-- has_data of the overview: the session comes back by itself, and needs no scan. It is what the caller may see.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('with');
select status from bot_session_start('without');
select status from bot_session_start('ended');
select bot_session_save('with', '{"creds": {"creds": "1"}}') as changed;
select bot_session_save('ended', '{"creds": {"creds": "1"}}') as changed;
select status from bot_session_end('ended');
select session_id, state, has_data from bot_session_overview() order by session_id;
select bot_session_forget('with') as deleted;
select session_id, state, has_data from bot_session_overview() order by session_id;

begin;
create role regress_watcher;
grant execute on function bot_session_overview(interval) to regress_watcher;
grant select on bot_sessions, bot_session_leases to regress_watcher;
grant select (session_id) on bot_session_data to regress_watcher;
create policy regress_watcher on bot_sessions to regress_watcher using (true);
set local role regress_watcher;
select session_id, has_data from bot_session_overview() order by session_id;
reset role;
create policy regress_watcher on bot_session_data to regress_watcher using (true);
set local role regress_watcher;
select session_id, has_data from bot_session_overview() order by session_id;
rollback;
