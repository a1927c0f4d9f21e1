-- A user's BEFORE trigger that cancels the update: the result is the row as it was, and no event.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions values ('on', '2024-01-01', 'hello', 'active', 'qr-1', '2024-01-02'),
  ('off', '2024-01-01', 'hello', 'inactive', null, '2024-01-02');

begin;
create function regress_cancel() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger regress_cancel before update on bot_sessions for each row execute function regress_cancel();
select last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as as_it_was from bot_session_start('on');
select last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as as_it_was from bot_session_start('off');
select last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as as_it_was from bot_session_touch('on', 'bye', 'qr-2');
select last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as as_it_was from bot_session_end('on', 'why');
select last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as as_it_was
from bot_session_touch_many('[{"session_id": "on", "last_message": "bye"}]');
select last_message, status, qr_data, previous_status, updated_at = '2024-01-02' as as_it_was from bot_session_expire('1 hour');
-- the reason that nothing took is gone
drop trigger regress_cancel on bot_sessions;
update bot_sessions set status = 'inactive' where session_id = 'on';
select session_id, event, reason from bot_session_events order by event_id;
rollback;
