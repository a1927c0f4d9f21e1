raise exception using
  errcode = 'PT404',
  message = 'session not found',
  detail = format('There is no session "%s", or row level security hides it.', session_id),
  hint = 'Start it with bot_session_start.';
