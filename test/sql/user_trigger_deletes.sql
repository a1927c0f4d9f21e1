-- A user's AFTER trigger that deletes the row: the result is the row as the call wrote it, and the events say so.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions values ('bot1', '2024-01-01', 'hello', 'active', 'qr-1', '2024-01-02');
insert into bot_sessions values ('bot2', '2024-01-01', 'hello', 'active', 'qr-1', '2024-01-02');
insert into bot_sessions values ('bot3', '2024-01-01', 'hello', 'active', 'qr-1', '2024-01-03');
insert into bot_sessions values ('bot4', '2024-01-01', 'hello', 'active', 'qr-1', '2024-01-03');

begin;
create function regress_delete() returns trigger language plpgsql as
$$ begin delete from public.bot_sessions where session_id = new.session_id or new.session_id = 'bot3'; return null; end $$;
create trigger regress_delete after update on bot_sessions for each row when (new.last_message = 'hello') execute function regress_delete();
select session_id, last_message, status, qr_data, previous_status from bot_session_end('bot1', 'why');
-- the second element finds nothing
select session_id, last_message, status, qr_data, previous_status
from bot_session_touch_many('[{"session_id": "bot2", "qr_data": "qr-2"}, {"session_id": "bot2", "qr_data": "qr-3"}]');
-- the trigger of the first one took the second one too
select session_id, last_message, status, previous_status from bot_session_expire('1 hour');
select count(*) from bot_sessions;
select session_id, event, reason from bot_session_events where event <> 'created' order by event_id;

-- a new row that does not stay
create function regress_delete_new() returns trigger language plpgsql as
$$ begin delete from public.bot_sessions where session_id = new.session_id; return null; end $$;
create trigger regress_delete_new after insert on bot_sessions for each row execute function regress_delete_new();
select session_id, status, previous_status from bot_session_start('bot5');
select count(*) from bot_sessions;
rollback;
