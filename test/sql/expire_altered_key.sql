-- Sessions whose key was altered, by who owns the table: one without a name is nobody's to expire, and a session_id
-- of another type is refused, not misread.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
set local client_min_messages = warning;
alter table bot_sessions drop constraint bot_sessions_pkey cascade, alter session_id drop not null;
alter table bot_sessions disable trigger user;
insert into bot_sessions (session_id, updated_at) values (null, '2001-01-01'), ('bot1', '2001-01-02');
select session_id, status from bot_session_expire('1 hour');
select session_id, status from bot_sessions order by session_id;
rollback;

begin;
set local client_min_messages = warning;
alter table bot_session_leases drop constraint bot_session_leases_session_id_fkey;
insert into bot_sessions (session_id, updated_at) values ('dddddddd', '2001-01-01');
alter table bot_sessions alter session_id type name;
\set VERBOSITY sqlstate
select session_id, status from bot_session_expire('1 hour');
rollback;
