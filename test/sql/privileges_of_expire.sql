-- Who only expires sessions needs no right to execute another function but those that ask for leases, and none on
-- leases; a trigger sees which one it is.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create role regress_cron;
grant select, update on bot_sessions to regress_cron;
create policy regress_cron on bot_sessions to regress_cron using (true);
grant execute on function bot_session_expire(interval, integer, text), bot_session_lease_allows(text, bigint),
  bot_session_lock_leases(text[]) to regress_cron;
create function regress_operation() returns trigger language plpgsql as $$
  begin raise notice '%', current_setting('botsession.operation'); return new; end $$;
insert into bot_sessions (session_id, qr_data, updated_at) values ('bot1', 'qr-1', '2024-01-01'), ('bot2', null, '2024-01-02');
create trigger regress_operation before update on bot_sessions for each row execute function regress_operation();
set role regress_cron;
select session_id, status, qr_data, previous_status, fence from bot_session_expire('1 hour', 1);
select session_id, status, qr_data, previous_status, fence from bot_session_expire('1 hour', reason => null);
select current_setting('botsession.operation') as operation, current_setting('botsession.reason') as reason;
reset role;
select session_id, event, reason, actor_role from bot_session_events where event = 'ended' order by event_id;
rollback;
