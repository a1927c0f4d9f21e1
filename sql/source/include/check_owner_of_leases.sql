if to_regclass('public.bot_session_leases') is null then
  raise undefined_table using
    message = 'relation "public.bot_session_leases" does not exist',
    hint = 'Run the migration create_bot_sessions.sql.';
elsif exists (
    select from pg_class
    where oid in ('public.bot_sessions'::regclass, 'public.bot_session_leases'::regclass) and pg_get_userbyid(relowner) <> current_user) then
  --include include/owner_has_changed.sql
end if;
