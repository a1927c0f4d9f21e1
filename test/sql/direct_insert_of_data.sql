-- New login data is inserted directly, without the check of its foreign key, where the lock on the session stands for that:
-- whatever else is met, a statement does it, with the same result. The reason is told at debug1.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select not exists (select from pg_extension where extname = 'botsession') as skip \gset
\if :skip
\echo 'skipped: the PL/pgSQL edition has no direct access'
\quit
\endif

set botsession.direct_access = on;
insert into bot_sessions (session_id) values ('bot1');
create function save(value text) returns table (changed int, kinds text)
language plpgsql as $$
begin
  perform set_config('client_min_messages', 'debug1', true);
  changed := bot_session_save('bot1', jsonb_build_object('new', jsonb_build_object('a', value, 'b', value)));
  perform set_config('client_min_messages', 'notice', true);
  kinds := (select string_agg(concat_ws(' ', d.kind, d.key, d.value), ', ' order by d.key) from bot_session_data d where d.kind = 'new');
  return next;
end
$$;

-- the ordinary case says nothing, and goes with the session
begin;
select * from save('1');
delete from bot_sessions;
select count(*) from bot_session_data;
rollback;

-- what else fires, and what a statement computes
begin;
create function noted() returns trigger language plpgsql as $$ begin raise notice '% %', tg_op, tg_level; return new; end $$;
create trigger noted after insert on bot_session_data execute function noted();
select * from save('2');
alter table bot_session_data disable trigger noted;
truncate bot_session_data;
select * from save('2');
rollback;
begin;
alter table bot_session_data add column note text default 'note', add column gone text;
alter table bot_session_data drop column gone;
select * from save('3');
alter table bot_session_data drop column note;
truncate bot_session_data;
select * from save('3');
rollback;
begin;
alter table bot_session_data add check (value <> 'refused');
select * from save('4');
\set VERBOSITY sqlstate
select bot_session_save('bot1', '{"new": {"c": "refused"}}');
\set VERBOSITY default
rollback;
begin;
create index on bot_session_data (lower(value));
select * from save('5');
rollback;

-- other foreign keys, and none
begin;
create table kinds (kind text collate "C" primary key);
alter table bot_session_data add foreign key (kind) references kinds;
\set VERBOSITY sqlstate
savepoint missing;
select bot_session_save('bot1', '{"new": {"a": "7"}}');
rollback to missing;
\set VERBOSITY default
insert into kinds values ('new');
select * from save('7');
rollback;
begin;
create table heir () inherits (bot_sessions);
select * from save('8');
rollback;
begin;
alter table bot_session_data drop constraint bot_session_data_session_id_fkey;
select * from save('9');
rollback;

-- another unique index refuses a row as it does in a statement
begin;
create unique index on bot_session_data (value);
select bot_session_save('bot1', '{"new": {"a": "one", "b": "two"}}');
\set VERBOSITY sqlstate
select bot_session_save('bot1', '{"new": {"c": "one"}}');
\set VERBOSITY default
rollback;

-- who may not insert
begin;
create role regress_saver;
grant usage on schema public to regress_saver;
grant select, update on bot_sessions, bot_session_data to regress_saver;
create policy saver on bot_sessions to regress_saver using (true);
create policy saver on bot_session_data to regress_saver using (true) with check (true);
alter table bot_session_data disable row level security;
grant execute on function bot_session_save to regress_saver;
set local role regress_saver;
select bot_session_save('bot1', '{"new": {"a": "10"}}');
rollback;
drop function save;
