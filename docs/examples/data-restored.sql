select from bot_session_start('bot1');
select from bot_session_save('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A"}}');

-- After a restore
delete from bot_session_data where kind = 'session';

-- In a clone
update bot_sessions set status = 'inactive';

do $$
begin
  assert array(select kind from bot_session_data) = array['creds'];
  assert (select status from bot_sessions) = 'inactive';
end $$;
