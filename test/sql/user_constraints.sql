-- Constraints and domains of the user are respected; what we write fits where it can.
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
alter table bot_sessions add constraint regress_short check (length(last_message) < 10),
  add column tenant text constraint regress_tenant not null default 'me';
select session_id, status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'hello');
\set VERBOSITY sqlstate
select last_message from bot_session_touch('bot1', 'hello hello');
select session_id, last_message from bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello hello"}]');
-- a column that start cannot fill
alter table bot_sessions alter tenant drop default;
select session_id, status from bot_session_start('bot2');
select session_id, last_message from bot_session_start('bot1');
rollback;

-- the one system column that a constraint may name
begin;
alter table bot_sessions add check (tableoid <> 0);
select session_id, status from bot_session_start('bot1');
select last_message from bot_session_touch('bot1', 'hello');
rollback;

-- one that changes the row while it is checked
begin;
create function regress_meddles(session_id text, last_message text) returns boolean language plpgsql as $$
begin
  if $2 = 'hello' then
    update public.bot_sessions s set last_message = 'mine' where s.session_id = $1;
  end if;
  return true;
end $$;
alter table bot_sessions add check (regress_meddles(session_id, last_message));
insert into bot_sessions (session_id) values ('bot1');
select last_message from bot_session_touch('bot1', 'hello');
select last_message from bot_sessions;
rollback;
