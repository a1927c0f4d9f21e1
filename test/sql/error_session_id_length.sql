-- session_id empty or over 255 characters: 22023. It is characters that count, not bytes.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
set client_encoding = utf8;
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select * from bot_session_start('');
select * from bot_session_touch('');
select * from bot_session_end('');
select * from bot_session_start(repeat('x', 256));
select * from bot_session_touch(repeat('x', 256));
select * from bot_session_end(repeat('x', 256));
select * from bot_session_start(repeat('б', 256));
select * from bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', repeat('x', 256))));

-- just right
select length(session_id), octet_length(session_id), status from bot_session_start(repeat('x', 255));
select length(session_id), octet_length(session_id), status from bot_session_start(repeat('🤖', 255));
select length(session_id), last_message from bot_session_touch(repeat('🤖', 255), 'hello');
select length(session_id), last_message
from bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', repeat('🤖', 255), 'last_message', 'bye')));
select length(session_id), status from bot_session_end(repeat('🤖', 255), 'done');
select session_id = ' ' as a_blank_is_a_name from bot_session_start(' ');
select event, reason from bot_session_events where event = 'ended';
