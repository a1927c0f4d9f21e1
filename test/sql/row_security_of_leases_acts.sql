-- A policy of the leases may call a function that changes the session, after it was locked and before it is updated.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select fence from bot_session_start('bot1', 'w1') \gset

begin;
create role regress_bot;
grant select, update, delete on bot_sessions to regress_bot;
grant select on bot_session_leases to regress_bot;
grant execute on all functions in schema public to regress_bot;
alter table bot_sessions disable row level security;
create function regress_act() returns boolean language plpgsql as $$
begin
  execute current_setting('regress.act');
  return true;
end $$;
create policy regress_bot on bot_session_leases to regress_bot using (regress_act());
set local role regress_bot;
savepoint start;

-- changed: that is kept
set local regress.act = $$update public.bot_sessions set qr_data = 'seen' where session_id = 'bot1'$$;
select last_message, qr_data, previous_status from bot_session_touch('bot1', 'hello', fence => :fence);
select last_message, qr_data from bot_session_touch('bot1', fence => :fence);
select last_message, qr_data from bot_session_touch_many(format('[{"session_id": "bot1", "last_message": "bye", "fence": %s}]', :fence)::jsonb);
select last_message, status, previous_status from bot_session_end('bot1', fence => :fence);
select last_message, status, qr_data from bot_sessions;
rollback to start;

-- changed, and that undone
set local regress.act = $$do 'begin update public.bot_sessions set qr_data = null; raise division_by_zero; exception when division_by_zero then end'$$;
select last_message, qr_data from bot_session_touch('bot1', 'hello', fence => :fence);
select last_message, status from bot_session_end('bot1', fence => :fence);
rollback to start;

-- ended: no message revives it
set local regress.act = $$update public.bot_sessions set status = 'inactive' where session_id = 'bot1'$$;
select last_message, status, previous_status from bot_session_touch('bot1', 'hello', fence => :fence);
select last_message, status from bot_sessions;
rollback to start;
set local regress.act = $$update public.bot_sessions set status = 'inactive' where session_id = 'bot1'$$;
select status, previous_status from bot_session_end('bot1', fence => :fence);
rollback to start;

-- gone: the row as it was
set local regress.act = 'delete from public.bot_sessions';
select last_message, status, previous_status from bot_session_touch('bot1', 'hello', fence => :fence);
rollback to start;
set local regress.act = 'delete from public.bot_sessions';
select last_message, status, previous_status from bot_session_end('bot1', fence => :fence);
select count(*) from bot_sessions;
rollback;
