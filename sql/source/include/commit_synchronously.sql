-- After a crash that lost this transaction the sequence would give the same fence once more.
-- Nothing lowers remote_apply.
if current_setting('synchronous_commit') in ('off', 'local') then
  perform set_config('synchronous_commit', 'on', true);
end if;
