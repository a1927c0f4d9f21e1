create extension if not exists tcn;
create trigger bot_sessions_notify
  after insert or delete or update of status, last_message, qr_data on bot_sessions
  for each row execute function triggered_change_notification('bot_sessions');
