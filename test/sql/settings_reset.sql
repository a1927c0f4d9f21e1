-- What one client of a connection has set is not there for the next one, once the connection was reset.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

set botsession.operation = 'bot_session_start bot1';
set botsession.reason = 'left behind';
reset all;
select current_setting('botsession.operation') as operation, current_setting('botsession.reason') as reason;
update bot_sessions set last_message = 'plain';
update bot_sessions set status = 'inactive';
select event, reason from bot_session_events order by event_id;
