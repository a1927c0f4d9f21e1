-- Which of our triggers fire is for session_replication_role to say, whichever way a session is changed.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create function regress_touch() returns table (moved boolean, events bigint) language plpgsql as $$
declare
  before timestamptz := (select updated_at from bot_sessions);
begin
  select s.updated_at > before into moved from bot_session_touch('bot1', 'hello') s;
  perform bot_session_start('bot1');
  events := (select count(*) from bot_session_events);
  return next;
end
$$;
insert into bot_sessions (session_id) values ('bot1');
select * from regress_touch();
set local session_replication_role = replica;
select * from regress_touch();
set local session_replication_role = origin;
select * from regress_touch();

alter table bot_sessions enable replica trigger zz_bot_sessions_maintain;
alter table bot_sessions enable replica trigger aa_bot_sessions_audit_change, enable replica trigger aa_bot_sessions_audit_start;
select * from regress_touch();
set local session_replication_role = replica;
select * from regress_touch();
set local session_replication_role = local;
select * from regress_touch();

alter table bot_sessions enable always trigger zz_bot_sessions_maintain;
alter table bot_sessions enable always trigger aa_bot_sessions_audit_change, enable always trigger aa_bot_sessions_audit_start;
select * from regress_touch();
set local session_replication_role = replica;
select * from regress_touch();
rollback;
