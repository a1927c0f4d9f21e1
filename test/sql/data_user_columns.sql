-- Columns, generated columns and triggers that users put on the table do their work; a save sets its own columns alone.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
begin;
alter table bot_session_data
  add column length integer generated always as (length(value)) stored,
  add column ids text default 'note', add column keys text, add column vals text not null default 'x', add column g text, add column f text;
create function regress_stamp() returns trigger language plpgsql as $$
begin
  new.keys := coalesce(new.keys, '') || tg_op || ' ';
  return new;
end $$;
create trigger regress_stamp before insert or update on bot_session_data for each row execute function regress_stamp();
select bot_session_save('bot1', '{"creds": {"creds": "1"}}') as changed;
select bot_session_save('bot1', '{"creds": {"creds": "22"}}') as changed;
select bot_session_save('bot1', '{"creds": {"creds": "333"}, "session": {"a": "A", "b": "B"}}') as changed;
select bot_session_save('bot1', '{"session": {"a": "A", "b": "B2"}}') as changed;
select kind, key, value, length, ids, keys, vals from bot_session_data order by kind, key;

-- cancelled, one by one and many: not counted, and not there
create function regress_cancel() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger regress_cancel before insert or update or delete on bot_session_data for each row execute function regress_cancel();
select bot_session_save('bot1', '{"creds": {"creds": "4"}}') as changed;
select bot_session_save('bot1', '{"session": {"a": "A3", "c": "C", "b": null}, "creds": null}') as changed;
select bot_session_forget('bot1') as deleted;
select kind, key, value from bot_session_data order by kind, key;
rollback;
