-- run by: docs/examples/plproxy.sh
\connect router
revoke execute on all functions in schema public from public;
grant execute on all functions in schema public to service_role;
grant usage on type bot_session to service_role;
set role service_role;

select session_id, status, previous_status from bot_session_start('bot1');

select session_id, status, last_message
from bot_session_touch_many('[{"session_id": "bot2"}, {"session_id": "bot1", "last_message": "hello"}]');
