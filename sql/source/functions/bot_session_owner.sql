-- IMMUTABLE is meant so: with constants as its arguments it is evaluated when a plan is made, and costs nothing later.
-- A change of owner ends all plans that name the table. One that is made after it, but under a snapshot from before, would
-- keep the former owner: so a row that has a successor, as its xmax says, counts as unknown.
create or replace function public.bot_session_owner(one regclass, other regclass)
returns oid
language plpgsql immutable parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return (
    select min(relowner)
    from pg_class
    where oid in (one, other) and xmax = 0
    having count(*) = case when one = other then 1 else 2 end and min(relowner) = max(relowner));
end
$function$;

comment on function public.bot_session_owner(regclass, regclass) is
'Tells which role owns two tables. Trigger function bot_session_audit of the PL/pgSQL edition asks it.

one: a table.
other: another, or the same.
Returns the role, or NULL if two roles own them, or if the owner may be changing.
Errors: 42501 no privilege.
Privileges: EXECUTE, which the migration grants to nobody.';
