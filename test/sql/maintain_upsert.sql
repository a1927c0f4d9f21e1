-- Upserts as client libraries send them, with all columns or some, are maintained and audited as what they do.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, status, last_message, qr_data) values ('bot1', 'active', 'hello', 'qr-1')
on conflict (session_id) do update set status = excluded.status, last_message = excluded.last_message, qr_data = excluded.qr_data
returning status, last_message, qr_data;
-- again: nothing that the audit trail knows, a plain write is no recovery
insert into bot_sessions (session_id, status, last_message, qr_data) values ('bot1', 'active', 'again', '')
on conflict (session_id) do update set status = excluded.status, last_message = excluded.last_message, qr_data = excluded.qr_data
returning status, last_message, qr_data, updated_at > created_at as updated;
-- a whole row out of a client's memory, old times and all
insert into bot_sessions values ('bot1', '2024-01-01', 'bye', 'inactive', 'qr-2', '2024-01-02')
on conflict (session_id) do update set created_at = excluded.created_at, last_message = excluded.last_message,
  status = excluded.status, qr_data = excluded.qr_data, updated_at = excluded.updated_at
returning created_at = '2024-01-01' as given, last_message, status, qr_data, updated_at > '2024-01-02' as clock;
insert into bot_sessions (session_id, status) values ('bot1', 'active'), ('bot2', 'inactive')
on conflict (session_id) do update set status = excluded.status
returning session_id, status, last_message;
insert into bot_sessions (session_id, status) values ('bot1', 'inactive') on conflict (session_id) do nothing;
select session_id, event, reason from bot_session_events order by event_id;

\set VERBOSITY sqlstate
insert into bot_sessions (session_id, status) values ('bot1', 'paused')
on conflict (session_id) do update set status = excluded.status;
insert into bot_sessions (session_id) values ('bot1') on conflict (session_id) do update set status = 'paused';
