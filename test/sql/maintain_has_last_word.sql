-- A BEFORE trigger of the user comes first, such as one that sets updated_at as many tables have it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, qr_data) values ('bot1', 'qr-1'), ('bot2', 'qr-1');

begin;
create function regress_change() returns trigger language plpgsql as
$$ begin new.updated_at := '2020-01-01'; new.status := new.last_message; return new; end $$;
create trigger update_updated_at before update on bot_sessions for each row execute function regress_change();
select status, qr_data, updated_at > '2024-01-01' as clock from bot_session_touch('bot1', 'inactive', 'qr-2');
\set VERBOSITY sqlstate
select * from bot_session_touch('bot2', 'paused');
rollback;
