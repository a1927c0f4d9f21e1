-- The change that was audited first has taken the operation. What was announced before holds again. (Assigned, since
-- PERFORM would run a query. The variable keeps its value.)
if current_setting('botsession.operation', true) <> coalesce(outer_operation, '') then
  outer_operation := set_config('botsession.operation', coalesce(outer_operation, ''), true);
end if;
