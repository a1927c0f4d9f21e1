-- Triggers and indexes of the new owner would run with the rights of the old one.
raise insufficient_privilege using
  message = 'the owner of the tables has changed',
  detail = 'The tables, and the functions that act as their owner, must belong to one role.',
  hint = 'Run the migration create_bot_sessions.sql again.';
