-- Columns that users add are called as they like: id, ttl, or what else is a name inside our functions.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;

begin;
-- all names that the PL/pgSQL edition, or the function that both have, gives to arguments and variables
create temp table names as
  select unnest(proargnames) as name from pg_proc where pronamespace = 'public'::regnamespace and proname like 'bot\_session%'
  union select unnest('{local, id, ids, key, qr, due, held, round, number, before, created, result, new_fence, now_at, idle_since, element,
    locked, fenced, leases, message, event, operation, subject, outer_operation, outer_reason, clock, now, changed, claimed, given, taker}'::text[]);
do $$
declare
  target regclass;
  statement text;
begin
  foreach target in array '{bot_sessions, bot_session_leases, bot_session_events}'::regclass[] loop
    for statement in select format('alter table %s add column %I interval', target, name) from names
      where name not in (select attname from pg_attribute where attrelid = target) loop
      execute statement;
    end loop;
  end loop;
end
$$;

select session_id, status, previous_status, fence from bot_session_start('bot1', 'w1');
select session_id, status, previous_status, fence from bot_session_start('bot1', 'w1', '1 hour');
select session_id, status, previous_status, fence from bot_session_start('bot2');
select last_message, qr_data, fence from bot_session_touch('bot1', 'hello', 'qr-1', 2);
select last_message, qr_data, fence from bot_session_touch('bot1', heartbeat_interval => '1 hour');
select session_id, last_message, qr_data, fence
from bot_session_touch_many('[{"session_id": "bot2"}, {"session_id": "bot1", "last_message": "bye", "fence": 2}, {"session_id": "bot3"}]');
select session_id, state, worker from bot_session_overview() order by session_id;
select session_id, state from bot_session_overview('-1 hour') order by session_id;
select session_id, worker, fence, expires_at > now() + interval '1 minute' as prolonged from bot_session_renew('{"bot1": 2}', '1 hour');
select session_id, worker, fence, expires_at from bot_session_release('{"bot1": 2}');
select session_id, worker, fence, expires_at > now() + interval '1 minute' as prolonged from bot_session_claim('w2', 10, '1 hour');
select status, fence from bot_session_end('bot1', 'why', 3);
select session_id, worker, expires_at from bot_session_leases;
select session_id, status, previous_status from bot_session_expire('1 microsecond');
select session_id, event, reason from bot_session_events order by event_id;
rollback;
