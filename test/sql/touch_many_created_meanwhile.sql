-- A session that is created while the batch is worked off, here by a user's trigger, stays unknown to it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create function regress_create() returns trigger language plpgsql as
$$ begin insert into public.bot_sessions (session_id) values ('bot2'); return null; end $$;
create trigger regress_create after update on bot_sessions for each row when (new.last_message = 'create') execute function regress_create();
select session_id, last_message, status
from bot_session_touch_many('[{"session_id": "bot1", "last_message": "create"}, {"session_id": "bot2", "last_message": "hello"}]');
select session_id, last_message from bot_sessions order by session_id;
-- the next batch knows it
select session_id, last_message, status from bot_session_touch_many('[{"session_id": "bot2", "last_message": "hello"}]');
rollback;
