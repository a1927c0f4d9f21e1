-- Who may not update sessions cannot lock them either, where a call finds nothing to write.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, status) values ('ended', 'inactive');
begin;
create role regress_reader;
grant execute on all functions in schema public to regress_reader;
grant select on bot_sessions, bot_session_leases to regress_reader;
alter table bot_sessions disable row level security;
alter table bot_session_leases disable row level security;
set role regress_reader;
select status from bot_session_end('ended');
select status from bot_session_touch_many('[{"session_id": "ended", "qr_data": "code"}]');
select status from bot_session_touch_many('[{"session_id": "ended", "fence": 1}]');
select status from bot_session_touch('ended', qr_data => 'code');
select status from bot_session_touch('ended', fence => 1);
-- to read is enough where nothing is locked
select status from bot_session_touch('ended', heartbeat_interval => '1 hour');
reset role;
-- as it is of one column to be allowed to update it
grant update (last_message) on bot_sessions to regress_reader;
set role regress_reader;
select status from bot_session_end('ended');
select status from bot_session_touch_many('[{"session_id": "ended", "fence": 1}]');
rollback;
