-- One result row per element, in input order; elements of one session are applied in that order.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('b'), ('a'), ('c');
select session_id, last_message, status, qr_data, previous_status, created_at is null as unknown
from bot_session_touch_many('[
  {"session_id": "c", "last_message": "c1"},
  {"session_id": "nobody", "last_message": "lost"},
  {"session_id": "a", "last_message": "a1", "qr_data": "qr-a"},
  {"session_id": "c", "last_message": "c2"},
  {"session_id": "b"},
  {"session_id": "a", "qr_data": ""},
  {"session_id": "c", "qr_data": "qr-c"},
  {"session_id": "b", "last_message": null, "qr_data": null}]');
select session_id, last_message, qr_data, updated_at > created_at as updated from bot_sessions order by session_id;
-- the unknown one was not created
select event, count(*) from bot_session_events group by event;
