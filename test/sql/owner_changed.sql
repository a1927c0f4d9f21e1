-- After ALTER TABLE … OWNER TO nothing goes on with the rights of the former owner: refused, until the migration was run again.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
alter sequence bot_session_fences restart;
insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01'), ('bot2', '2024-01-02');
select fence from bot_session_start('bot1', 'w1');
insert into bot_session_data (session_id, kind, key, value) values ('bot2', 'creds', 'creds', 'secret');

begin;
set local client_min_messages = warning;
create role regress_owner;
grant all on schema public to regress_owner;
\set ON_ERROR_ROLLBACK on
savepoint start;

-- the trail
alter table bot_session_events owner to regress_owner;
select status from bot_session_start('bot2');
select fence from bot_session_start('bot2', 'w2');
\set VERBOSITY sqlstate
insert into bot_sessions (session_id) values ('bot3');
update bot_sessions set status = 'inactive' where session_id = 'bot2';
delete from bot_sessions where session_id = 'bot2';
delete from bot_session_data where session_id = 'bot2';
select session_id from bot_session_expire('1 hour');
-- what writes no event goes on
select status, last_message from bot_session_touch('bot2', 'hello');
rollback to start;

-- the leases
alter table bot_session_leases owner to regress_owner;
alter table bot_session_data owner to regress_owner;
select status from bot_session_end('bot1');
select session_id from bot_session_expire('1 hour');
select bot_session_lease_allows('bot1', 1);
select bot_session_lock_leases('{bot1}');
select status from bot_session_start('bot2');
rollback to start;

-- the sessions
alter table bot_sessions owner to regress_owner;
select status from bot_session_start('bot2');
select status from bot_session_end('bot1');
select bot_session_lease_allows('bot1', 1);
rollback to start;

-- all of them: nothing of the new owner's runs as anybody else
alter table bot_sessions owner to regress_owner;
alter table bot_session_events owner to regress_owner;
alter table bot_session_leases owner to regress_owner;
alter table bot_session_data owner to regress_owner;
alter sequence bot_session_fences owner to regress_owner;
create table seen (role name);
grant all on seen to regress_owner;
create function regress_seen() returns trigger language plpgsql as $$ begin insert into public.seen values (current_user); return new; end $$;
create trigger regress_seen before insert on bot_session_events for each row execute function regress_seen();
do $$
begin
  perform bot_session_start('bot2');
  if exists (select from seen where role <> 'regress_owner') then
    raise warning 'it ran as somebody else';
  end if;
  raise insufficient_privilege;
exception when insufficient_privilege then
end $$;
\set VERBOSITY default
-- and the way on
:migration
select status from bot_session_start('bot2');
select status from bot_session_end('bot1', 'logout');
select * from seen;
select bot_session_lease_allows('bot1', 1);
select session_id, event, reason, actor_role = session_user as actor from bot_session_events where event_id > 4 order by event_id;
rollback;
