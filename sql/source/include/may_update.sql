-- Who may not update the table may insert a row, and find one that has ended: an update would be refused before it looks.
may_update := has_table_privilege('public.bot_sessions'::regclass, 'update')
  and pg_get_replica_identity_index('public.bot_sessions') is not null;
