-- A malformed element refuses the batch before anything is written.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
select * from bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}, {"session_id": 2}]');
select session_id, last_message from bot_sessions;
