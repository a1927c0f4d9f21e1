where s.session_id = local.id and (s.status = 'active' or local.decided)
returning
  --include include/session_columns.sql
  case when local.decided then before.status else 'active' end, bot_session_touch.fence
into result;
