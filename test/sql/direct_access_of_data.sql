-- Login data is updated and read directly in an ordinary table: whatever else is met, a statement does it, with the same
-- result. The reason is told at debug1.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select not exists (select from pg_extension where extname = 'botsession') as skip \gset
\if :skip
\echo 'skipped: the PL/pgSQL edition has no direct access'
\quit
\endif

set botsession.direct_access = on;
insert into bot_sessions (session_id) values ('bot1');
insert into bot_session_data (session_id, kind, key, value) values ('bot1', 'creds', 'creds', '0');
create function save(value text) returns table (changed int, loaded json, later boolean)
language plpgsql as $$
declare
  before timestamptz := (select max(updated_at) from bot_session_data);
begin
  perform set_config('client_min_messages', 'debug1', true);
  changed := bot_session_save('bot1', jsonb_build_object('creds', jsonb_build_object('creds', value)));
  loaded := bot_session_load('bot1', '{"creds": ["creds", "creds", "none"]}');
  perform set_config('client_min_messages', 'notice', true);
  later := (select max(updated_at) from bot_session_data) > before;
  return next;
end
$$;

-- the ordinary case says nothing
select * from save('1');
select * from save('1');
-- what the statement counts
begin;
select pg_stat_get_xact_tuples_updated('bot_session_data'::regclass) as before \gset
select changed, pg_stat_get_xact_tuples_updated('bot_session_data'::regclass) - :before as updated from save('2');
commit;

set botsession.direct_access = off;
select * from save('3');
set botsession.direct_access = on;

-- a row that was inserted by the same transaction, whose foreign key may have to be checked yet, is left to a statement
begin;
delete from bot_session_data;
select changed from save('4');
select * from save('5');
rollback;

-- what else fires, and what a statement computes
begin;
create function noted() returns trigger language plpgsql as $$ begin raise notice 'noted'; return new; end $$;
create trigger noted before update on bot_session_data for each row execute function noted();
select * from save('6');
alter table bot_session_data disable trigger noted;
select * from save('7');
rollback;
begin;
alter table bot_session_data add column length int generated always as (length(value)) stored;
select * from save('12345');
select length from bot_session_data;
rollback;
-- a column that was dropped, one of the user's, and an index on the value, which no update in place keeps right
begin;
alter table bot_session_data add column gone text default 'gone', add column note text default 'note';
alter table bot_session_data drop column gone;
create unique index on bot_session_data (value, note);
select * from save('8');
select note from bot_session_data where value = '8';
rollback;
-- a constraint
begin;
alter table bot_session_data add check (value <> 'refused');
select * from save('9');
savepoint refused;
\set VERBOSITY sqlstate
select bot_session_save('bot1', '{"creds": {"creds": "refused"}}');
\set VERBOSITY default
rollback;
begin;
alter table bot_session_data alter value drop not null;
update bot_session_data set value = null;
select * from save('10');
rollback;

-- the transaction, and the role
begin isolation level repeatable read;
select * from save('11');
commit;
begin;
create role regress_saver;
grant usage on schema public to regress_saver;
grant select, update on bot_sessions to regress_saver;
grant select, insert, update on bot_session_data to regress_saver;
create policy saver on bot_sessions to regress_saver using (true);
create policy saver on bot_session_data to regress_saver using (true);
grant execute on function bot_session_save, bot_session_load to regress_saver;
set local role regress_saver;
select changed, loaded from save('12');
rollback;
drop function save;
