  -- One for both editions: plain SQL over the tables.
create or replace function public.bot_session_overview(stale_after interval default '5 minutes')
returns table (session_id text, state text, has_qr boolean, has_data boolean, worker text, lease_expires_at timestamptz,
  created_at timestamptz, updated_at timestamptz, idle interval)
language sql stable parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
  select s.session_id,
    case
      when s.status <> 'active' then 'ended'
      when coalesce(l.expires_at, l.released_at) <= clock.now then 'orphaned'
      when s.updated_at < clock.now - bot_session_overview.stale_after then 'stale'
      when s.qr_data is not null then 'awaiting_qr'
      else 'running'
    end,
    s.qr_data is not null,
    exists (select from public.bot_session_data d where d.session_id = s.session_id),
    case when l.expires_at is not null and s.status = 'active' then l.worker end,
    case when s.status = 'active' then l.expires_at end,
    s.created_at, s.updated_at, case when isfinite(s.updated_at) then clock.now - s.updated_at end
  from public.bot_sessions s
  left join public.bot_session_leases l on l.session_id = s.session_id
  cross join (select clock_timestamp() as now) as clock
$function$;

comment on function public.bot_session_overview(interval) is
'Lists all sessions for monitoring, without messages and QR codes.

stale_after: how long an active session may be silent, 5 minutes by default; NULL for any time.
Returns one row per session. state is the first of these that holds: ended; orphaned (its lease ran out or was released, and no worker claimed it); stale (silent for longer than stale_after); awaiting_qr (a QR code is to be scanned); running. With has_data the bot logs in by itself; without, it needs a scan. worker and lease_expires_at are those of the lease of an active session, NULL once it was released. idle is the time since the last update, NULL if that is infinite.
Errors: 42501 no privilege.
Privileges: EXECUTE; SELECT of bot_sessions and bot_session_leases, and of column session_id of bot_session_data.
Installed by botsession @version@';
