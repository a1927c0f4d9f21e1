-- Direct access is for ordinary tables and transactions: whatever else is met, SPI does the work,
-- with the same result. The reason is told at debug1.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select not exists (select from pg_extension where extname = 'botsession') as skip \gset
\if :skip
\echo 'skipped: the PL/pgSQL edition has no direct access'
\quit
\endif

set botsession.direct_access = on;
create function touch() returns table (last_message text, moved boolean)
language plpgsql as $$
declare
  before timestamptz := (select updated_at from bot_sessions where session_id = 'bot1');
begin
  perform set_config('client_min_messages', 'debug1', true);
  select s.last_message, s.updated_at > before into last_message, moved from bot_session_touch('bot1', 'hello') s;
  perform set_config('client_min_messages', 'notice', true);
  return next;
end
$$;
select status from bot_session_start('bot1');

-- the ordinary case says nothing
select * from touch();

-- settings and transactions
set botsession.direct_access = off;
select * from touch();
set botsession.direct_access = on;
begin isolation level repeatable read;
select * from touch();
commit;
begin isolation level serializable;
select * from touch();
commit;

-- in parallel mode nobody can write, whatever the function is declared to be
begin;
alter function bot_session_touch parallel safe;
select set_config(name, 'on', true) from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query');
select last_message from bot_session_touch('bot1', 'hello');
rollback;

-- what the table is
begin;
create table child () inherits (bot_sessions);
select * from touch();
rollback;
begin;
create access method heap2 type table handler heap_tableam_handler;
create table moved (like bot_sessions including all) using heap2;
insert into moved select * from bot_sessions;
alter table bot_sessions rename to heap_sessions;
alter table moved rename to bot_sessions;
create trigger zz_bot_sessions_maintain before insert or update on bot_sessions for each row execute function bot_session_maintain();
select * from touch();
rollback;
begin;
alter table bot_sessions rename to heap_sessions;
create table bot_sessions (like heap_sessions including all) partition by hash (session_id);
create table bot_sessions_0 partition of bot_sessions for values with (modulus 1, remainder 0);
insert into bot_sessions select * from heap_sessions;
create trigger zz_bot_sessions_maintain before insert or update on bot_sessions for each row execute function bot_session_maintain();
select * from touch();
-- a partition under the table's own name
alter table bot_sessions rename to all_sessions;
alter table bot_sessions_0 rename to bot_sessions;
select * from touch();
rollback;
begin;
create rule noted as on update to bot_sessions do also nothing;
select * from touch();
rollback;
begin;
alter table bot_sessions rename to renamed_sessions;
create view bot_sessions as select * from renamed_sessions;
select * from touch();
rollback;
begin;
create role regress_bot;
grant execute on function bot_session_touch(text, text, text, bigint, interval), touch() to regress_bot;
grant select, update on bot_sessions to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true);
set role regress_bot;
select * from touch();
rollback;

-- its columns
begin;
alter table bot_sessions add column length integer generated always as (char_length(last_message)) stored;
select * from touch();
rollback;
begin;
alter table bot_sessions disable trigger user;
alter table bot_sessions alter created_at type timestamp;
set local client_min_messages = debug1;
select * from bot_session_touch('bot1', 'hello');
rollback;
begin;
alter table bot_sessions disable trigger user;
alter table bot_sessions alter updated_at type timestamptz(0);
set local client_min_messages = debug1;
select updated_at = date_trunc('second', updated_at) as rounded from bot_session_touch('bot1');
rollback;
begin;
alter table bot_sessions drop column last_message;
set local client_min_messages = debug1;
select * from bot_session_touch('bot1');
rollback;

-- its key
begin;
alter table bot_sessions drop constraint bot_sessions_pkey cascade;
select * from touch();
alter table bot_sessions add primary key (session_id) deferrable;
select * from touch();
rollback;
begin;
alter table bot_sessions drop constraint bot_sessions_pkey cascade, add primary key (session_id, created_at);
select * from touch();
rollback;
begin;
alter table bot_sessions drop constraint bot_sessions_pkey cascade;
update bot_sessions set last_message = 'other';
alter table bot_sessions add primary key (last_message);
select * from touch();
rollback;
-- a HOT chain that was there before the index: older transactions may not use it
begin;
alter table bot_sessions drop constraint bot_sessions_pkey cascade;
update bot_sessions set last_message = 'before the index';
alter table bot_sessions add primary key (session_id);
select * from touch();
rollback;

-- its triggers
create function noted() returns trigger language plpgsql as $$ begin return new; end $$;
begin;
create trigger noted before update on bot_sessions for each row execute function noted();
select * from touch();
rollback;
-- ours, called in another way since it was looked at
begin;
select * from touch();
alter function bot_session_maintain() set work_mem = '1MB';
select * from touch();
rollback;
begin;
create trigger noted before update on bot_sessions for each statement execute function noted();
select * from touch();
rollback;
begin;
create trigger noted after update on bot_sessions for each statement execute function noted();
select * from touch();
rollback;
begin;
create trigger noted after update on bot_sessions referencing new table as changed for each row execute function noted();
select * from touch();
rollback;
begin;
create trigger noted after update on bot_sessions referencing old table as changed for each row execute function noted();
select * from touch();
rollback;
begin;
drop trigger zz_bot_sessions_maintain on bot_sessions;
create trigger zz_bot_sessions_maintain before update of last_message on bot_sessions for each row execute function bot_session_maintain();
select * from touch();
rollback;
begin;
drop trigger zz_bot_sessions_maintain on bot_sessions;
create trigger zz_bot_sessions_maintain before update on bot_sessions for each row execute function bot_session_maintain('argument');
select * from touch();
rollback;
begin;
create schema regress_other;
create function regress_other.maintain() returns trigger language c as '$libdir/botsession', 'bot_session_maintain';
drop trigger zz_bot_sessions_maintain on bot_sessions;
create trigger zz_bot_sessions_maintain before update on bot_sessions for each row execute function regress_other.maintain();
select * from touch();
rollback;
begin;
create trigger noted after update on bot_sessions referencing new table as changed for each statement execute function noted();
select * from touch();
rollback;
begin;
drop trigger zz_bot_sessions_maintain on bot_sessions;
create trigger zz_bot_sessions_maintain before update on bot_sessions
  for each row when (new.status = 'active') execute function bot_session_maintain();
select * from touch();
rollback;

-- a user's AFTER trigger is no reason to step aside, nor is our own when it is disabled
begin;
create trigger noted after update on bot_sessions for each row execute function noted();
select * from touch();
alter table bot_sessions disable trigger aa_bot_sessions_audit_change, disable trigger aa_bot_sessions_audit_start;
select * from touch();
rollback;
begin;
alter table bot_sessions disable trigger zz_bot_sessions_maintain;
select last_message, moved from touch();
rollback;

-- the key of leases
begin;
select fence from bot_session_start('bot1', 'w1') \gset
alter table bot_session_leases drop constraint bot_session_leases_pkey;
update bot_session_leases set worker = 'w2';
alter table bot_session_leases add primary key (session_id);
set local client_min_messages = debug1;
select last_message from bot_session_touch('bot1', 'hello', fence => :fence);
rollback;

-- what was fetched is counted, as a statement does
begin;
select pg_stat_get_xact_tuples_fetched('bot_sessions_pkey'::regclass) as before \gset
select * from touch();
select pg_stat_get_xact_tuples_fetched('bot_sessions_pkey'::regclass) > :before as counted;
rollback;

drop function touch(), noted();
