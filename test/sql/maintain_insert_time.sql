-- updated_at of a new row: as given, but the clock where it is NULL, infinite or ahead of it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select clock_timestamp() as before \gset
insert into bot_sessions (session_id, updated_at) values
  ('null', null),
  ('infinity', 'infinity'),
  ('-infinity', '-infinity'),
  ('future', now() + interval '1 day'),
  ('past', '2024-01-01'),
  ('oldest', '4713-01-01 BC');
insert into bot_sessions (session_id) values ('default');
select session_id, updated_at between :'before' and clock_timestamp() as now,
  updated_at = '2024-01-01' or updated_at = '4713-01-01 BC' as given
from bot_sessions order by session_id collate "C";
