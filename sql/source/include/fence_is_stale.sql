raise exception using
  errcode = 'PT409',
  message = 'fence is stale',
  detail = format('The lease of session "%s" is no longer held with that fence; nothing was written.', session_id),
  hint = 'Another worker may run the bot: stop it here, and start or claim its session to run it again.';
