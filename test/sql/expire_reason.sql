-- The reason is 'expired' by default, another where one is given, and none where it is NULL.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01'), ('bot2', '2024-01-02'), ('bot3', '2024-01-03');
select session_id from bot_session_expire('1 hour', 1);
select session_id from bot_session_expire('1 hour', 1, 'gone');
select session_id from bot_session_expire('1 hour', 1, null);
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;
