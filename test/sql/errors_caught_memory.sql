-- Calls that fail and are caught leave nothing behind in the transaction.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create function regress_fail() returns trigger language plpgsql as $$ begin raise division_by_zero; end $$;
create trigger regress_fail before update on bot_sessions for each row execute function regress_fail();
create function regress_used() returns bigint language sql as $$
  select sum(used_bytes)::bigint from pg_backend_memory_contexts where name in ('TopTransactionContext', 'CurTransactionContext')
$$;
create function regress_calls(n integer) returns bigint language plpgsql as $$
declare
  before bigint := regress_used();
begin
  for i in 1 .. n loop
    begin
      perform bot_session_end('bot1', repeat('reason', 100));
    exception when division_by_zero then
    end;
  end loop;
  return regress_used() - before;
end $$;
select regress_calls(10) is not null as warm;
select regress_calls(500) < 64 * 1024 as flat;
rollback;
