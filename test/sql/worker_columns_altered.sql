-- Columns of the leases of another type: refused, not misread. (PL/pgSQL casts what can be cast.)
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
select not exists (select from pg_extension where extname = 'botsession') as skip \gset
\if :skip
\echo 'skipped: the PL/pgSQL edition casts'
\quit
\endif

select fence from bot_session_start('bot1', 'w1');
begin;
alter table bot_session_leases drop column expires_at cascade, add column expires_at timestamp;
\set ON_ERROR_ROLLBACK on
select fence from bot_session_touch('bot1', fence => 1);
select fence from bot_session_start('bot1', 'w1');
select status from bot_session_start('bot2');
-- by hand
insert into bot_session_leases (session_id, worker) values ('bot2', 'w1');
-- who names no worker goes on
select status from bot_session_end('bot2');
rollback;
begin;
alter table bot_session_leases alter fence drop default, alter fence drop not null;
update bot_session_leases set fence = null;
select fence from bot_session_touch('bot1', fence => 0);
select fence from bot_session_start('bot1', 'w1');
set local botsession.direct_access = off;
select fence from bot_session_touch('bot1', fence => 0);
rollback;
begin;
alter type bot_session_lease add attribute more text;
select * from bot_session_claim('w1');
rollback;
