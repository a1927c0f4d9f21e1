-- A call from within a statement that changes the session sees that change, and goes on from there.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) select 'bot' || n from generate_series(1, 5) n;
update bot_sessions set last_message = 'outer' where session_id = 'bot1'
returning (select last_message from bot_session_touch('bot1', qr_data => 'code'));
update bot_sessions set last_message = 'outer' where session_id = 'bot2'
returning (select last_message from bot_session_touch('bot2', heartbeat_interval => '1 hour'));
update bot_sessions set last_message = 'outer' where session_id = 'bot3'
returning (select last_message from bot_session_end('bot3'));
update bot_sessions set last_message = 'outer', status = 'inactive' where session_id = 'bot4'
returning (select previous_status from bot_session_start('bot4'));
update bot_sessions set last_message = 'outer' where session_id = 'bot5'
returning (select last_message from bot_session_touch_many('[{"session_id": "bot5", "qr_data": "code"}]'));
select session_id, last_message, status, qr_data from bot_sessions order by session_id;
