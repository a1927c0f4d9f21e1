-- 5,000 elements, each session twice, come back in order and are all stored.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) select 'bot' || n from generate_series(1, 2500) n;
select count(*), bool_and(r.session_id = 'bot' || (n * 7 % 2500 + 1)) as in_order,
  bool_and(r.last_message = 'message ' || n) as recorded
from bot_session_touch_many((
    select jsonb_agg(jsonb_build_object('session_id', 'bot' || (n * 7 % 2500 + 1), 'last_message', 'message ' || n) order by n)
    from generate_series(1, 5000) n))
  with ordinality r (session_id, created_at, last_message, status, qr_data, updated_at, previous_status, fence, n);
-- the second one of each is what stays
select count(*) filter (where last_message = 'message ' || n) as last_ones
from bot_sessions join generate_series(2501, 5000) n on session_id = 'bot' || (n * 7 % 2500 + 1);
