-- session_id null: 22004, from every function that takes one.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select * from bot_session_start(null);
select * from bot_session_touch(null);
select * from bot_session_touch(null, 'hello', 'qr-1');
select * from bot_session_end(null);
select * from bot_session_end(null, 'why');
select count(*) from bot_sessions;
