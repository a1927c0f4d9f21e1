-- What somebody sets botsession.operation and botsession.reason to has no say in C. In PL/pgSQL it does (the second
-- expected file): there the trail proves who and when, not the reason nor that a session was recovered.
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');
begin;
set local botsession.operation = 'bot_session_start bot1';
set local botsession.reason = 'forged';
update bot_sessions set status = 'active' where session_id = 'bot1';
set local botsession.operation = 'bot_session_end bot1';
update bot_sessions set status = 'inactive' where session_id = 'bot1';
-- what a function says is true all the same
select status, previous_status from bot_session_start('bot1');
select status, previous_status from bot_session_start('bot1');
select status from bot_session_end('bot1', 'logout');
select event, reason from bot_session_events order by event_id;
rollback;
