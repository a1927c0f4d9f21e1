-- COPY: each row is maintained, checked and audited.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

copy bot_sessions (session_id, status, qr_data, updated_at) from stdin;
bot1	active	qr-1	2024-01-01
bot2	inactive	qr-1	\N
bot3	active		infinity
\.
select session_id, status, qr_data, isfinite(updated_at) as finite, updated_at = '2024-01-01' as given
from bot_sessions order by session_id;
select session_id, event from bot_session_events order by event_id;

\set VERBOSITY sqlstate
copy bot_sessions (session_id, status) from stdin;
bot4	active
bot5	paused
\.
select count(*) from bot_sessions;
