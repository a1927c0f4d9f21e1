-- happened_at is the clock, not the transaction's time, and follows event_id.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
select now() is not null as begun, pg_sleep(0.002) is not null as slept;
select status from bot_session_start('bot1');
select status from bot_session_end('bot1');
delete from bot_sessions;
select event, happened_at > now() and happened_at < clock_timestamp() as clock,
  happened_at >= lag(happened_at) over (order by event_id) as in_order
from bot_session_events order by event_id;
commit;
