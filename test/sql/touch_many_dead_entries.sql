-- A batch passes dead entries of the index, of sessions deleted and made anew, for each of its rows.
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) select 'bot' || n from generate_series(1, 100) n;
delete from bot_sessions;
insert into bot_sessions (session_id) select 'bot' || n from generate_series(1, 100) n;
delete from bot_sessions;
insert into bot_sessions (session_id) select 'bot' || n from generate_series(1, 100) n;
select count(*), count(distinct s.session_id), min(s.last_message)
from (select jsonb_agg(jsonb_build_object('session_id', 'bot' || 1 + n % 100, 'last_message', repeat('x', 10))) from generate_series(1, 200) n) as b (batch),
  bot_session_touch_many(batch) s;
select count(*) from bot_session_expire('1 microsecond');
