-- What a batch keeps until its end does not grow when its elements take turns in which column they change.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, last_message, qr_data) select 'bot' || n, 'a', 'b' from generate_series(1, 2000) n;
insert into bot_sessions (session_id) values ('the last');
create table regress_memory (used bigint);
create function regress_measure() returns trigger language plpgsql as $$
begin
  -- what the call has, without caches that others' changes may empty at any time
  insert into public.regress_memory select sum(used_bytes) from pg_backend_memory_contexts where name in ('ExprContext', 'ExecutorState');
  return null;
end $$;
create trigger regress_measure after update on bot_sessions for each row
  when (new.session_id = 'the last') execute function regress_measure();
create function regress_batch(run int) returns bigint language sql as $$
  select count(*)
  from bot_session_touch_many((
    select jsonb_agg(jsonb_build_object('session_id', 'bot' || n % 2000 + 1, case (n / run) % 2 when 0 then 'last_message' else 'qr_data' end, 'c') order by n)
    from generate_series(1, 4000) n) || '[{"session_id": "the last"}]')
$$;

-- runs of how many elements change the same column; each batch once before it counts
select regress_batch(2000);
select regress_batch(1);
-- not truncated, which would have the server look at the table anew
delete from regress_memory;
select regress_batch(2000);
select regress_batch(1);
select count(*), max(used) - min(used) < 64 * 1024 as flat from regress_memory;
drop trigger regress_measure on bot_sessions;
drop function regress_measure, regress_batch;
drop table regress_memory;
