-- A QR code for an inactive session: PT409, and nothing written.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions values ('bot1', '2024-01-01', 'hello', 'inactive', null, '2024-01-02');
select * from bot_session_touch('bot1', qr_data => 'qr-1');
select * from bot_session_touch('bot1', 'bye', 'qr-1');
select last_message, status, qr_data, updated_at = '2024-01-02' as untouched from bot_sessions;
