-- A reason of any length and script is kept as it is.
\set SHOW_CONTEXT never
set client_encoding = utf8;
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot 1'), ('bot  2'), ('bot_session_start bot 1');
select status from bot_session_end('bot 1', repeat('終わり ''"\', 20000));
select status from bot_session_end('bot  2', ' ');
-- an id like the name of a function is just an id
select status, previous_status from bot_session_start('bot_session_start bot 1');
select session_id, event, left(reason, 6) as begins, length(reason) from bot_session_events
where event <> 'created' order by event_id;
