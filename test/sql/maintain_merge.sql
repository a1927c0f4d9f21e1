-- MERGE: maintained and audited like the statements it stands for.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, qr_data, updated_at) values ('bot1', 'qr-1', '2024-01-01'), ('bot2', 'qr-2', '2024-01-01');
merge into bot_sessions s
using (values ('bot1', 'inactive', 'bye'), ('bot2', 'gone', ''), ('bot3', 'active', 'hello')) v (session_id, status, message)
on s.session_id = v.session_id
when matched and v.status = 'gone' then delete
when matched then update set status = v.status, last_message = v.message
when not matched then insert (session_id, status, qr_data, updated_at) values (v.session_id, v.status, '', 'infinity');
select session_id, status, last_message, qr_data is null as removed, isfinite(updated_at) and updated_at > '2024-01-01' as clock
from bot_sessions order by session_id;
-- in an order that is the server's own
select session_id, event, reason from bot_session_events where event_id > 2 order by session_id;

\set VERBOSITY sqlstate
merge into bot_sessions s using (values ('bot1')) v (session_id) on s.session_id = v.session_id
when matched then update set status = 'paused';
