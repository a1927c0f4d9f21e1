alter table bot_sessions add column owner_id uuid default auth.uid();
create index on bot_sessions (owner_id);
grant select (session_id, created_at, status, qr_data, updated_at) on bot_sessions to authenticated;
create policy "own bots" on bot_sessions for select to authenticated using (owner_id = (select auth.uid()));

-- To start and end them as well
grant select, insert (session_id, status), update (status, last_message, qr_data, updated_at)
  on bot_sessions to authenticated;
grant execute on function bot_session_start, bot_session_touch, bot_session_end to authenticated;
create policy "start own bots" on bot_sessions for insert to authenticated with check (owner_id = (select auth.uid()));
create policy "change own bots" on bot_sessions for update to authenticated using (owner_id = (select auth.uid()));

-- What PostgREST does for two users
select from bot_session_start('of nobody');
set role authenticated;
set request.jwt.claims = '{"sub": "11111111-1111-4111-8111-111111111111"}';
select status from bot_session_start('bot1');
do $$
begin
  assert array(select session_id from bot_sessions) = array['bot1'];
  assert (select qr_data from bot_session_touch('bot1', qr_data => 'mine')) = 'mine';
end $$;
set request.jwt.claims = '{"sub": "22222222-2222-4222-8222-222222222222"}';
do $$
begin
  assert not exists (select from bot_sessions);
  begin
    perform bot_session_end('bot1');
    assert false, 'ended';
  exception when sqlstate 'PT404' then
  end;
  begin
    perform bot_session_start('bot1');
    assert false, 'started';
  exception when insufficient_privilege then
  end;
end $$;
set request.jwt.claims = '{"sub": "11111111-1111-4111-8111-111111111111"}';
do $$
begin
  assert (select status from bot_session_end('bot1')) = 'inactive';
end $$;
