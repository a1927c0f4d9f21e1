-- What a savepoint takes back is as if it had not been: rows, events, settings, kept plans.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
savepoint s;
select status, previous_status from bot_session_start('bot1');
rollback to s;
select status, previous_status from bot_session_start('bot1');
savepoint t;
select last_message, qr_data from bot_session_touch('bot1', 'gone', 'qr-1');
select status from bot_session_end('bot1', 'gone');
rollback to t;
-- an error inside a function, and on
select * from bot_session_touch('nobody');
rollback to t;
select last_message, status, qr_data from bot_session_touch('bot1', 'kept');
release t;
do $$
begin
  begin
    perform bot_session_end('bot1', 'undone');
    raise exception 'no' using errcode = 'RG001';
  exception when sqlstate 'RG001' then null;
  end;
  begin
    perform bot_session_touch('bot1', qr_data => 'qr-2');
    perform bot_session_end('nobody');
  exception when sqlstate 'PT404' then null;
  end;
  begin
    perform bot_session_touch_many('[{"session_id": "bot1", "last_message": "undone"}, {}]');
  exception when invalid_parameter_value then null;
  end;
  perform bot_session_end('bot1', 'done');
end
$$;
commit;
select session_id, last_message, status, qr_data from bot_sessions;
select event, reason from bot_session_events order by event_id;
