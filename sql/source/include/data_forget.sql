perform set_config('botsession.operation', 'bot_session_forget ' || id, true);
perform set_config('botsession.reason', coalesce(reason, ''), true);
delete from public.bot_session_data d where d.session_id = local.id;
get diagnostics deleted = row_count;
perform set_config('botsession.operation', coalesce(outer_operation, ''), true);
perform set_config('botsession.reason', coalesce(outer_reason, ''), true);
