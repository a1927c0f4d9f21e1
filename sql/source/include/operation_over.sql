-- The change that was audited first has taken the operation. What was announced or set before holds again.
if current_setting('botsession.operation') <> coalesce(outer_operation, '') then
  announced := set_config('botsession.operation', coalesce(outer_operation, ''), true);
end if;
if current_setting('botsession.reason', true) <> coalesce(outer_reason, '') then
  announced := set_config('botsession.reason', coalesce(outer_reason, ''), true);
end if;
