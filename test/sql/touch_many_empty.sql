-- An empty batch is a batch.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
select count(*) from bot_session_touch_many('[]');
select xmin = pg_current_xact_id()::xid as touched from bot_sessions;
