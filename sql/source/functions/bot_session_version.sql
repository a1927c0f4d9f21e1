create or replace function public.bot_session_version(
  out edition text,
  out version text)
language sql stable parallel unsafe
set search_path = pg_catalog, pg_temp
as $function$
  select 'plpgsql', '@version@'
$function$;

comment on function public.bot_session_version() is
'Says which edition runs here, c or plpgsql, and its version.

Returns one row.
Errors: 55000 the library in use is of another version than the extension''s SQL definitions; 42501 no privilege.
Privileges: EXECUTE.';
