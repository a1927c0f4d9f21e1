-- What a function of a user's, called on the way, changes about the role, the table or the transaction holds for the rest of the call.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
insert into bot_sessions (session_id, updated_at) values ('a', '2024-01-01'), ('b', '2024-01-02');
select fence from bot_session_start('leased', 'w1');

begin;
create role regress_none;
create role regress_some;
grant execute on all functions in schema public to regress_none, regress_some;
grant select, insert, update on bot_sessions, bot_session_leases to regress_some;
grant usage on sequence bot_session_fences to regress_some;
create policy regress_some on bot_sessions to regress_some using (session_id = 'a');
create policy regress_some on bot_session_leases to regress_some using (true);
create function regress_act() returns trigger language plpgsql as $$
begin
  execute current_setting('regress.act');
  return null;
end $$;
create trigger regress_act after update on bot_sessions for each row when (new.session_id = 'a') execute function regress_act();
create view stored as select session_id, last_message, status, updated_at < '2025-01-01' as not_moved from bot_sessions where session_id in ('a', 'b') order by session_id;
set local regress.act = '';
\set batch '[{"session_id": "a", "last_message": "one"}, {"session_id": "b", "last_message": "two"}]'
savepoint start;

-- a role without privileges
set local regress.act = 'set local role regress_none';
select last_message from bot_session_touch_many(:'batch');
rollback to start;
set local regress.act = 'set local role regress_none';
select session_id from bot_session_expire('1 hour');
rollback to start;

-- a role that may not see all rows
set local regress.act = 'set local role regress_some';
select session_id, last_message from bot_session_touch_many(:'batch');
reset role;
select * from stored;
rollback to start;
set local regress.act = 'set local role regress_some';
select session_id, status from bot_session_expire('1 hour');
reset role;
select * from stored;
rollback to start;
-- for a while
set local regress.act = $$do 'begin set local role regress_none; reset role; end'$$;
select session_id, last_message from bot_session_touch_many(:'batch');
rollback to start;

-- a privilege less
alter table bot_sessions disable row level security;
alter function regress_act() security definer;
set local role regress_some;
set local regress.act = 'revoke update on public.bot_sessions from regress_some';
select session_id, last_message from bot_session_touch_many(:'batch');
rollback to start;

-- a trigger more, or none at all
create function regress_change() returns trigger language plpgsql as $$ begin new.last_message := 'changed'; return new; end $$;
\set change 'create trigger regress_change before update on public.bot_sessions for each row execute function public.regress_change()'
set local regress.act = :'change';
select session_id, last_message from bot_session_touch_many(:'batch');
rollback to start;
-- also where a call within the call has noticed
create function regress_change() returns trigger language plpgsql as $$ begin new.last_message := 'changed'; return new; end $$;
select set_config('regress.act', :'change' || $$; select public.bot_session_touch('leased', 'within')$$, true) is not null as set;
select session_id, last_message from bot_session_touch_many(:'batch');
rollback to start;
-- or calls for another schema
create schema regress_two;
create table regress_two.bot_sessions (like bot_sessions including all);
create function regress_two.touch_many(jsonb) returns setof bot_session language c as '$libdir/botsession', 'bot_session_touch_many';
create function regress_change() returns trigger language plpgsql as $$ begin new.last_message := 'changed'; return new; end $$;
select set_config('regress.act', $$select regress_two.touch_many('[]'); $$ || :'change' || $$; select public.bot_session_touch('leased', 'within')$$, true) is not null as set;
select session_id, last_message from bot_session_touch_many(:'batch');
rollback to start;
set local regress.act = 'set local session_replication_role = replica';
select session_id, last_message from bot_session_touch_many(:'batch');
select * from stored;
rollback to start;

-- a transaction that is to write no more
set local regress.act = 'set local transaction_read_only = on';
select session_id, last_message from bot_session_touch_many(:'batch');
rollback to start;

-- a policy of the lease that a fence is compared with
create function regress_seen() returns boolean language plpgsql as $$ begin execute current_setting('regress.seen'); return true; end $$;
alter policy regress_some on bot_session_leases using (regress_seen());
alter table bot_sessions disable row level security;
set local role regress_some;
savepoint policy;
set local regress.seen = 'set local role regress_none';
select last_message from bot_session_touch('leased', 'one', fence => 1);
rollback to policy;
set local regress.seen = 'set local transaction_read_only = on';
select last_message from bot_session_touch('leased', 'one', fence => 1);
rollback;
