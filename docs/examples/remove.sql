-- needs: edition c
drop table bot_session_leases, bot_session_data, bot_sessions, bot_session_events;
drop sequence bot_session_fences;
drop function bot_session_overview;
drop extension botsession;

do $$
begin
  assert not exists (select from pg_class where relnamespace = 'public'::regnamespace);
  assert not exists (select from pg_proc where pronamespace = 'public'::regnamespace);
  assert not exists (select from pg_type where typnamespace = 'public'::regnamespace);
end $$;
