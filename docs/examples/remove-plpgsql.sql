-- needs: edition plpgsql
drop table bot_session_leases, bot_session_data, bot_sessions, bot_session_events;
drop sequence bot_session_fences;
drop function bot_session_overview, bot_session_start, bot_session_touch, bot_session_end, bot_session_touch_many,
  bot_session_expire, bot_session_claim, bot_session_renew, bot_session_release, bot_session_version,
  bot_session_lease_allows, bot_session_lock_leases, bot_session_save, bot_session_save_many, bot_session_load,
  bot_session_forget, bot_session_owner, bot_session_maintain, bot_session_audit, bot_session_audit_lease, bot_session_audit_data;
drop type bot_session, bot_session_lease;

do $$
begin
  assert not exists (select from pg_class where relnamespace = 'public'::regnamespace);
  assert not exists (select from pg_proc where pronamespace = 'public'::regnamespace);
  assert not exists (select from pg_type where typnamespace = 'public'::regnamespace);
end $$;
