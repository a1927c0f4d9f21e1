-- A user's AFTER trigger that changes the row again: the result is what RETURNING gives, the row as the call wrote it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_change() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() = 1 then
    update public.bot_sessions set last_message = concat(new.last_message, '!'), created_at = '2024-01-01' where session_id = new.session_id;
  end if;
  return null;
end $$;
create trigger regress_change after insert or update on bot_sessions for each row execute function regress_change();
select last_message, created_at = '2024-01-01' as changed, previous_status from bot_session_start('bot1');
select last_message, created_at = '2024-01-01' as changed, previous_status from bot_session_start('bot1');
select last_message, created_at = '2024-01-01' as changed, previous_status from bot_session_touch('bot1', 'hello');
select last_message from bot_sessions;
select last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "a"}, {"session_id": "bot1"}]');
select last_message, status from bot_session_end('bot1');
select last_message from bot_sessions;
rollback;

-- the same by a trigger of the audit trail, or of the leases
begin;
select fence > 0 as fence from bot_session_start('bot1', 'w1');
create function regress_change() returns trigger language plpgsql as $$
begin
  update public.bot_sessions set last_message = concat(last_message, tg_argv[0]) where session_id = new.session_id;
  return null;
end $$;
create trigger regress_change after update on bot_session_leases for each row execute function regress_change(' lease');
select last_message, status from bot_session_end('bot1');
create trigger regress_change after insert on bot_session_events for each row execute function regress_change(' event');
select last_message, previous_status from bot_session_start('bot1');
select last_message, previous_status from bot_session_start('bot1');
select last_message, status from bot_session_end('bot1');
select last_message from bot_sessions;
rollback;

-- by a trigger of the lease that a start takes
begin;
create function regress_change() returns trigger language plpgsql as $$
begin
  update public.bot_sessions set last_message = concat(last_message, ' lease') where session_id = new.session_id;
  return null;
end $$;
create trigger regress_change after insert or update on bot_session_leases for each row execute function regress_change();
select last_message, previous_status, fence > 0 as fence from bot_session_start('bot1', 'w1');
select last_message, previous_status, fence > 0 as fence from bot_session_start('bot1', 'w1');
select last_message from bot_sessions;
rollback;
