select from bot_session_start('bot1', worker => 'w');
select setval('bot_session_fences', last_value + 1000000) from bot_session_fences;
do $$
begin
  assert (select fence from bot_session_start('bot2', worker => 'w')) = 1000002;
end $$;
