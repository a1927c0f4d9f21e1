-- Direct writes of another status, of an id that may not be, of NULLs: 23514.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
set client_encoding = utf8;
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
-- session_id
insert into bot_sessions (status) values ('active');
insert into bot_sessions (session_id) values (null);
insert into bot_sessions (session_id) values ('');
insert into bot_sessions (session_id) values (repeat('x', 256));
insert into bot_sessions (session_id) values (repeat('б', 256));
update bot_sessions set session_id = '';
update bot_sessions set session_id = null;
update bot_sessions set session_id = repeat('x', 256);
-- status
insert into bot_sessions (session_id, status) values ('bot2', 'paused');
insert into bot_sessions (session_id, status) values ('bot2', '');
insert into bot_sessions (session_id, status) values ('bot2', 'Active');
insert into bot_sessions (session_id, status) values ('bot2', 'active ');
insert into bot_sessions (session_id, status) values ('bot2', null);
update bot_sessions set status = 'paused';
update bot_sessions set status = null;
-- created_at
insert into bot_sessions (session_id, created_at) values ('bot2', null);
update bot_sessions set created_at = null;
-- just right
insert into bot_sessions (session_id) values (repeat('б', 255)), ('я');
update bot_sessions set session_id = repeat('🤖', 255) where session_id = 'bot1';
select length(session_id), status from bot_sessions order by session_id collate "C";
select event, count(*) from bot_session_events group by event;
