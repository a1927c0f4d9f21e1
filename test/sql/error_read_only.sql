-- A read-only transaction: 25006, also where nothing would have been written; wrong arguments come first.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, status) values ('bot1', 'inactive');
begin read only;
select * from bot_session_start('bot1');
select * from bot_session_touch('bot1');
-- ended already
select * from bot_session_end('bot1');
-- not there
select * from bot_session_touch('bot2');
select * from bot_session_end('bot2');
select * from bot_session_touch_many('[]');
-- none is idle
select * from bot_session_expire('1 hour');
select * from bot_session_start(null);
select * from bot_session_touch_many('{}');
select * from bot_session_expire('0');
rollback;
