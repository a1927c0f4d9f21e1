-- A worker renews without the lock on its session: who has no fence waits for what is not committed yet. Above READ
-- COMMITTED the snapshot is older than the lock on the session, and a lease that changed since is an error.
if fence is null or current_setting('transaction_isolation') not like 'read%' then
  leases := public.bot_session_lock_leases(array[id]);
end if;
if fence is not null or leases > 0 then
  --include include/data_fence.sql
end if;
