if to_regclass('public.bot_sessions') is null then
  raise undefined_table using
    message = 'relation "public.bot_sessions" does not exist',
    hint = 'Run the migration create_bot_sessions.sql.';
elsif to_regclass('public.bot_session_leases') is null then
  raise undefined_table using
    message = 'relation "public.bot_session_leases" does not exist',
    hint = 'Run the migration create_bot_sessions.sql.';
end if;
