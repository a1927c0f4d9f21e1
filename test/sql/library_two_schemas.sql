-- Functions of two schemas take turns in one connection: each finds the table of its own.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('bot1');

begin;
create schema regress_two;
create table regress_two.bot_sessions (
  more int, updated_at timestamptz, qr_data text, status text, last_message text, created_at timestamptz, session_id text primary key);
insert into regress_two.bot_sessions (session_id, status) values ('bot1', 'active'), ('bot2', 'active');
create function regress_two.touch(text, text, text, bigint, interval) returns bot_session language c as '$libdir/botsession', 'bot_session_touch';
select session_id, last_message from bot_session_touch('bot1', 'one');
select session_id, last_message from regress_two.touch('bot1', 'two', null, null, null);
select session_id, last_message from regress_two.touch('bot2', 'two', null, null, null);
select session_id, last_message from bot_session_touch('bot1', 'one again');
select session_id, last_message from regress_two.touch('bot1', 'two again', null, null, null);
select session_id, last_message, status from bot_sessions order by session_id;
select session_id, last_message, status from regress_two.bot_sessions order by session_id;

-- nor do they take more and more memory for their plans
set local botsession.direct_access = off;
create function regress_turns() returns bigint language plpgsql as $$
begin
  for i in 1 .. 10 loop
    perform bot_session_touch('bot1', 'one');
    perform regress_two.touch('bot1', 'two', null, null, null);
  end loop;
  return (select count(*) from pg_backend_memory_contexts where name like 'CachedPlan%');
end $$;
select regress_turns() as plans \gset
select regress_turns() = :plans as flat;
rollback;
