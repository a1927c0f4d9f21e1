-- A batch of all that there is comes to the same whether its elements are touched together or, where a trigger of yours
-- looks on, one by one.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
insert into bot_sessions (session_id, status, last_message, qr_data)
select id, case when id like 'ended%' then 'inactive' else 'active' end, 'old', 'old code'
from unnest('{a, b, c, d, ended, ended-2}'::text[]) as id;
select fence from unnest('{leased, lost}'::text[]) as id, bot_session_start(id, 'w1');
update bot_session_leases set expires_at = '2024-01-01' where session_id = 'lost';
update bot_sessions set last_message = 'old' where session_id = 'b';
\set batch '[{"session_id": "b", "last_message": "1"}, {"session_id": "a", "last_message": "2"}, {"session_id": "none", "last_message": "3"}, {"session_id": "leased", "fence": 1, "last_message": "4"}, {"session_id": "b", "qr_data": ""}, {"session_id": "lost", "fence": 2, "last_message": "6"}, {"session_id": "ended", "qr_data": "7"}, {"session_id": "ended-2", "qr_data": "8", "last_message": "8"}, {"session_id": "leased", "fence": 2, "last_message": "9"}, {"session_id": "c"}, {"session_id": "b", "last_message": "11"}, {"session_id": "ended", "last_message": "12"}, {"session_id": "d", "qr_data": "13"}, {"session_id": "d", "fence": 1, "qr_data": "14"}]'
\set touch 'select session_id, last_message, status, qr_data, previous_status, fence from bot_session_touch_many(:\'batch\');'
\set stored 'select session_id, last_message, status, qr_data from bot_sessions order by session_id;'

begin;
:touch
:stored
-- again, where all have been touched by this transaction
:touch
rollback;

begin;
create function regress_look() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger regress_look before update on bot_sessions for each row execute function regress_look();
:touch
:stored
:touch
rollback;
