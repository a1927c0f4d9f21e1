perform set_config('botsession.operation', 'bot_session_forget ' || id, true);
perform set_config('botsession.reason', coalesce(reason, ''), true);
begin -- or the SQL editor, which sees a statement that deletes, asks back before it runs the migration
  delete from public.bot_session_data d where d.session_id = local.id;
end;
