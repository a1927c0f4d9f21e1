-- What direct access knows of the table is found out rightly also where all caches are emptied meanwhile.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select not exists (select from pg_extension where extname = 'botsession')
  or (select max_val = '0' from pg_settings where name = 'debug_discard_caches') as skip \gset
\if :skip
\echo 'skipped: this is not the C edition, or the server has no assertions'
\quit
\endif

insert into bot_sessions (session_id) values ('bot1');
set botsession.direct_access = on;
set client_min_messages = debug1;
set debug_discard_caches = 1;
-- nothing is said: the session, its event and its lease are accessed directly
select last_message from bot_session_touch('bot1', 'hello');
select previous_status from bot_session_start('bot1');
select last_message, fence from bot_session_touch_many('[{"session_id": "bot1", "last_message": "bye", "fence": 1}]');
reset debug_discard_caches;
