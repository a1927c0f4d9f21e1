-- A foreign key cascades into a user's table, whose trigger changes the session again: the result is the row as the call wrote it.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
alter table bot_sessions add unique (last_message);
create table regress_messages (message text references bot_sessions (last_message) on update cascade);
create function regress_change() returns trigger language plpgsql as $$
begin
  update public.bot_sessions set qr_data = concat('qr of ', new.message) where session_id = 'bot1';
  return null;
end $$;
create trigger regress_change after update on regress_messages for each row execute function regress_change();
select status from bot_session_start('bot1');
select last_message, qr_data from bot_session_touch('bot1', 'one');
insert into regress_messages values ('one');
select last_message, qr_data from bot_session_touch('bot1', 'two');
select last_message, qr_data from bot_sessions;
select last_message, qr_data from bot_session_touch_many('[{"session_id": "bot1", "last_message": "three"}, {"session_id": "bot1", "last_message": "three"}]');
rollback;
