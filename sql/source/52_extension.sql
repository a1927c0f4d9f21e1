declare
  reason pg_catalog.text;
begin
  if not exists (select from pg_extension where extname = 'botsession') then
    create extension botsession schema public;
  end if;
  extension_version := (select extversion from pg_extension where extname = 'botsession');
  if extension_version <> '@version@' then
    raise warning 'the extension botsession of this server is of version %, this file of version @version@',
        extension_version using
      hint = 'The file that belongs to it is create_bot_sessions.sql '
        'in the directory extension of the server''s SHAREDIR.';
  end if;
  reason := (
    select 'It lacks ' || string_agg(format('%s(%s)', ours.name, ours.arguments), ', ')
    from unnest(our_functions[:][1:1], our_functions[:][2:2], our_functions[:][3:3]) as ours (name, arguments, result)
    where ours.name <> 'bot_session_overview' and not exists (
      select from pg_proc
      where pronamespace = 'public'::regnamespace and proname = ours.name and pg_get_function_result(oid) = ours.result
        and pg_get_function_identity_arguments(oid) = ours.arguments));
  if reason is not null then
    raise feature_not_supported using message = reason;
  end if;
  -- Is the library there, and the one that belongs to these definitions?
  begin
    perform public.bot_session_version();
  exception when object_not_in_prerequisite_state then
    raise warning '%', sqlerrm using
      hint = 'Open connections keep the library that they have loaded: run this again in a new one.';
  end;
  if available_version is null then
    raise warning 'extension botsession is installed in this database, but its files are gone from the server'
      using hint = 'Install them again, or a restored copy of this database has no functions.';
  end if;
exception when feature_not_supported or undefined_file or undefined_function or internal_error then
  raise feature_not_supported using
    message = 'the extension botsession of this server cannot be used; nothing was changed',
    detail = sqlerrm,
    hint = 'Install version @version@ of its files on the server, '
      'or run this after: set botsession.edition = ''plpgsql''.';
end;
