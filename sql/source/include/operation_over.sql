perform set_config('botsession.operation', coalesce(outer_operation, ''), true);
perform set_config('botsession.reason', coalesce(outer_reason, ''), true);
