-- A worker renews without the lock on its session: who has no fence waits for what is not committed yet. Above READ
-- COMMITTED the snapshot is older than the lock on the session, and a lease that changed since is an error.
if (case
    when fence is null then public.bot_session_lock_leases(array[id]) > 0
    when current_setting('transaction_isolation') not like 'read%' then public.bot_session_lock_leases(array[id]) >= 0
    else true
  end) then
  --include include/data_fence.sql
end if;
