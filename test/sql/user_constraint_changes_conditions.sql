-- What a function in a CHECK constraint, an index expression or a predicate changes on the way holds for the rest of a batch.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id) values ('a'), ('b');

begin;
create role regress_none;
grant execute on all functions in schema public to regress_none;
-- Said to be immutable; acts when the first message is written
create function regress_execute(sql text) returns void language plpgsql as $$ begin execute sql; end $$;
create function regress_act(message text) returns boolean language plpgsql immutable as $$
begin
  if message = 'one' and current_setting('regress.act') <> '' then
    perform public.regress_execute(current_setting('regress.act'));
  end if;
  return true;
end $$;
create view stored as select session_id, last_message, status from bot_sessions order by session_id;
\set batch '[{"session_id": "a", "last_message": "one"}, {"session_id": "b", "last_message": "two"}]'
set local regress.act = '';
savepoint start;

alter table bot_sessions add check (regress_act(last_message));
savepoint place;
\set touch 'select session_id, last_message from bot_session_touch_many(:\'batch\');'
set local regress.act = 'set local role regress_none';
:touch
rollback to place;
set local regress.act = 'set local transaction_read_only = on';
:touch
rollback to place;
create function regress_change() returns trigger language plpgsql as $$ begin new.last_message := 'changed'; return new; end $$;
create trigger regress_change before update on bot_sessions for each row when (old.session_id = 'b') execute function regress_change();
alter table bot_sessions enable replica trigger regress_change;
set local regress.act = 'set local session_replication_role = replica';
:touch
select * from stored;
rollback to start;

create index on bot_sessions (regress_act(last_message));
savepoint place;
set local regress.act = 'set local role regress_none';
:touch
rollback to place;
set local regress.act = 'set local transaction_read_only = on';
:touch
rollback to start;

create index on bot_sessions (last_message) where regress_act(last_message);
savepoint place;
set local regress.act = 'set local role regress_none';
:touch
rollback to place;
set local regress.act = 'set local transaction_read_only = on';
:touch
rollback to place;
-- and where sessions are ended: each update computes the predicate
drop index bot_sessions_last_message_idx;
create index on bot_sessions (status) where regress_act(last_message);
insert into bot_sessions (session_id, last_message, updated_at) values ('c', 'one', '2024-01-01'), ('d', 'two', '2024-01-02');
set local regress.act = 'set local role regress_none';
select session_id from bot_session_expire('1 hour');
rollback;
select session_id, last_message from bot_sessions order by session_id;
