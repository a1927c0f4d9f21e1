-- bot_session_owner: which role owns two tables. Nobody but the owner of the tables calls it.
begin;
set local client_min_messages = warning;
create role regress_owner;
grant all on schema public to regress_owner;
create table regress_table ();
alter table regress_table owner to regress_owner;
-- Other tests were rolled back: until the tables' rows in the catalog have no successor of theirs the owner counts as unknown.
grant select on bot_sessions, bot_session_events to regress_owner;
select pg_get_userbyid(bot_session_owner('bot_sessions', 'bot_session_events')) = current_user as ours,
  pg_get_userbyid(bot_session_owner('regress_table', 'regress_table')) as another,
  bot_session_owner('bot_sessions', 'regress_table') as two,
  bot_session_owner(0, 'bot_sessions') as unknown, bot_session_owner('bot_sessions', null) as none;
alter table bot_session_events owner to regress_owner;
select bot_session_owner('bot_sessions', 'bot_session_events');
set local role regress_owner;
select bot_session_owner('regress_table', 'regress_table');
rollback;
