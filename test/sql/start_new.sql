-- A new session: active, empty, its times those of the call, previous_status NULL.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select clock_timestamp() as before \gset
select session_id, last_message, status, qr_data, previous_status,
  created_at between :'before' and clock_timestamp() as created_now,
  updated_at between :'before' and clock_timestamp() as updated_now
from bot_session_start('bot1');

-- the result is the row
select created_at as c, updated_at as u from bot_session_start('bot2') \gset
select created_at = :'c' and updated_at = :'u' as same from bot_sessions where session_id = 'bot2';
select event, reason, happened_at between :'before' and clock_timestamp() as happened_now
from bot_session_events order by event_id;
