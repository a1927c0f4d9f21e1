-- An audit trigger that was made a deferred constraint trigger writes its events when it is due, and not before.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
insert into bot_sessions (session_id) values ('bot1');
drop trigger aa_bot_sessions_audit on bot_sessions;
drop trigger aa_bot_sessions_audit_change on bot_sessions;
drop trigger aa_bot_sessions_audit_start on bot_sessions;
create constraint trigger aa_bot_sessions_audit after insert or update or delete on bot_sessions
  deferrable initially deferred for each row execute function bot_session_audit();
select status from bot_session_end('bot1');
select status from bot_session_start('bot1');
select event from bot_session_events order by event_id;
set constraints all immediate;
select event from bot_session_events order by event_id;
rollback;
