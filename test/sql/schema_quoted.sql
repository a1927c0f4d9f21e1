-- A schema whose name must be quoted (the extension alone, and tables made by hand: the file is for plain names).
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
drop schema public cascade;
create schema "regress Schema";
create extension botsession schema "regress Schema";
set local search_path = "regress Schema";
create table bot_sessions (session_id text primary key, created_at timestamptz default now(), last_message text, status text, qr_data text, updated_at timestamptz);
create table bot_session_events (event_id bigint generated always as identity, session_id text, event text, reason text, actor_role text, actor_sub text, happened_at timestamptz);
create trigger m before insert or update on bot_sessions for each row execute function bot_session_maintain();
create trigger a after insert or update or delete on bot_sessions for each row execute function bot_session_audit();
select status, previous_status from bot_session_start('bot1');
select status, previous_status from bot_session_end('bot1', 'why');
select event, reason from bot_session_events order by event_id;
alter table bot_sessions rename to regress_hidden;
select * from bot_session_start('bot1');
rollback;
