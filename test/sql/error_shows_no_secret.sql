-- No text of ours shows a message or a QR code: neither message, nor detail, hint or context.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, status, last_message) values ('off', 'inactive', 'SECRET');
insert into bot_sessions (session_id, qr_data, last_message) values ('on', 'SECRET', 'SECRET');

begin;
-- the table's own constraints would show the row: the trigger is first
create role regress_bot;
grant select, insert, update on bot_sessions to regress_bot;
grant execute on all functions in schema public to regress_bot;
create policy regress_bot on bot_sessions to regress_bot using (true) with check (last_message is distinct from 'SECRET');

create temp table errors (call text, state text, shown text);
grant insert on errors to regress_bot;
do $$
declare
  call text;
  message text; detail text; hint text; context text;
begin
  foreach call in array array[
    $c$select bot_session_start(repeat('SECRET', 50))$c$,
    $c$select bot_session_touch(repeat('SECRET', 50), 'SECRET', 'SECRET')$c$,
    $c$select bot_session_touch(null, 'SECRET', 'SECRET')$c$,
    $c$select bot_session_touch('', 'SECRET', 'SECRET')$c$,
    $c$select bot_session_touch('nobody', 'SECRET', 'SECRET')$c$,
    $c$select bot_session_touch('off', 'SECRET', 'SECRET')$c$,
    $c$select bot_session_touch_many('"SECRET"')$c$,
    $c$select bot_session_touch_many('["SECRET"]')$c$,
    $c$select bot_session_touch_many('[{"qr_data": "SECRET", "last_message": "SECRET"}]')$c$,
    $c$select bot_session_touch_many('[{"session_id": "on", "SECRET": "SECRET"}]')$c$,
    $c$select bot_session_touch_many('[{"session_id": "on", "qr_data": ["SECRET"]}]')$c$,
    $c$select bot_session_touch_many('[{"session_id": "on", "last_message": {"text": "SECRET"}}]')$c$,
    $c$select bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', repeat('SECRET', 50))))$c$,
    $c$insert into bot_sessions (session_id, status, qr_data) values ('new', 'SECRET', 'SECRET')$c$,
    $c$insert into bot_sessions (session_id, status, qr_data) values ('new', null, 'SECRET')$c$,
    $c$insert into bot_sessions (session_id, last_message, qr_data) values (repeat('SECRET', 50), 'SECRET', 'SECRET')$c$,
    $c$insert into bot_sessions (session_id, last_message, qr_data) values (null, 'SECRET', 'SECRET')$c$,
    $c$insert into bot_sessions (session_id, created_at, qr_data) values ('new', null, 'SECRET')$c$,
    $c$update bot_sessions set status = 'SECRET'$c$,
    $c$update bot_sessions set status = null$c$,
    $c$update bot_sessions set session_id = null$c$,
    $c$update bot_sessions set created_at = null$c$,
    $c$set role regress_bot; select bot_session_touch('on', 'SECRET')$c$,
    $c$set role regress_bot; select bot_session_end('on', 'SECRET')$c$]
  loop
    begin
      execute call;
      insert into errors values (call, 'none', '');
    exception when others then
      get stacked diagnostics message = message_text, detail = pg_exception_detail,
        hint = pg_exception_hint, context = pg_exception_context;
      -- this block's own lines quote the call, from there on
      context := split_part(context, 'SQL statement "' || call, 1);
      insert into errors values (call, sqlstate, concat_ws(' | ', message, detail, hint, context));
    end;
  end loop;
end
$$;
select state, count(*), count(*) filter (where shown like '%SECRET%') as showing from errors group by state order by state;
select call, shown from errors where shown like '%SECRET%';
rollback;
