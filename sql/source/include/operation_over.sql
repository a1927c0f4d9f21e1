--include include/operation_over_without_reason.sql
if current_setting('botsession.reason', true) <> coalesce(outer_reason, '') then
  outer_reason := set_config('botsession.reason', coalesce(outer_reason, ''), true);
end if;
