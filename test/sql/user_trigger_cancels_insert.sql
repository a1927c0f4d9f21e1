-- A user's BEFORE trigger that cancels the insertion: 42501 with a hint, after three rounds.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create sequence regress_rounds;
create function regress_cancel() returns trigger language plpgsql as
$$ begin perform nextval('public.regress_rounds'); return null; end $$;
create trigger regress_cancel before insert on bot_sessions for each row execute function regress_cancel();
savepoint s;
select * from bot_session_start('bot1');
rollback to s;
\set VERBOSITY sqlstate
select * from bot_session_start('bot1');
rollback to s;
-- sequences do not roll back
select last_value as rounds from regress_rounds;
select count(*) from bot_sessions;
rollback;
