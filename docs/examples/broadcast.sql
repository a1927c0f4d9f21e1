alter table bot_sessions add column owner_id uuid;

create function broadcast_bot_session() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform realtime.send(
    jsonb_build_object('session_id', new.session_id, 'status', new.status, 'has_qr', new.qr_data is not null),
    'session',                              -- event
    'bot_sessions:' || new.owner_id,        -- topic
    true);                                  -- private: the policy below decides who may listen
  return null;
end $$;
revoke execute on function broadcast_bot_session() from public, anon, authenticated;

create trigger bot_sessions_broadcast after insert or update of status, qr_data on bot_sessions
  for each row when (new.owner_id is not null) execute function broadcast_bot_session();

create policy "own bots" on realtime.messages for select to authenticated
  using (realtime.topic() = 'bot_sessions:' || (select auth.uid()));

insert into bot_sessions (session_id, owner_id) values ('bot1', '11111111-1111-4111-8111-111111111111'), ('of nobody', null);
set role service_role;
select from bot_sessions, bot_session_touch(session_id, qr_data => 'a secret');
select from bot_session_touch('bot1', last_message => 'a message');
select from bot_session_end('bot1');
reset role;
do $$
begin
  assert array(select payload from realtime.messages) = array[
    '{"session_id": "bot1", "status": "active", "has_qr": false}',
    '{"session_id": "bot1", "status": "active", "has_qr": true}',
    '{"session_id": "bot1", "status": "inactive", "has_qr": false}']::jsonb[];
  assert (select bool_and((topic, extension, event, private)
    = ('bot_sessions:11111111-1111-4111-8111-111111111111', 'broadcast', 'session', true)) from realtime.messages);
end $$;

-- Realtime asks whether a user may listen by reading a message of that topic in their name
set realtime.topic = 'bot_sessions:11111111-1111-4111-8111-111111111111';
set role authenticated;
set request.jwt.claims = '{"sub": "11111111-1111-4111-8111-111111111111"}';
do 'begin assert exists (select from realtime.messages); end';
set request.jwt.claims = '{"sub": "22222222-2222-4222-8222-222222222222"}';
do 'begin assert not exists (select from realtime.messages); end';
