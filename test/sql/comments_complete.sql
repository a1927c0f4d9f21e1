-- \df+, \dT+ and \d+ are the reference: what a comment has to say, and the objects whose comment does not.
\set SHOW_CONTEXT never

begin;
create temp view incomplete as
  with functions as (
    select p.oid, p.oid::regprocedure::text as name, prorettype,
      array(select name from unnest(proargnames, proargmodes) a (name, mode) where coalesce(mode, 'i') in ('i', 'b', 'v')) as arguments,
      coalesce(obj_description(p.oid, 'pg_proc'), '') as comment
    from pg_proc p
    where pronamespace = 'public'::regnamespace and proname like 'bot\_session%'
  ), relations as (
    select c.oid, c.oid::regclass::text as name, relkind from pg_class c
    where relnamespace = 'public'::regnamespace and relname like 'bot\_session%' and relkind in ('r', 'p', 'v', 'S')
      -- not the sequence of an identity column
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and deptype = 'i')
  )
  select 'function ' || name as object, 'nothing' as says from functions where comment = ''
  union all
  select 'function ' || name, format('nothing of argument %s', argument)
  from functions, unnest(arguments) argument
  where comment !~ format('(^|\n)%s: ', argument)
  union all
  select 'function ' || name, 'nothing that begins with ' || part
  from functions, unnest('{Returns,Errors:,Privileges:}'::text[]) part
  where prorettype <> 'trigger'::regtype and comment !~ format('\n%s', part)
  union all
  select 'trigger function ' || name, 'not of which table, or not when it runs'
  from functions
  where prorettype = 'trigger'::regtype and comment !~ '^Trigger function of bot_session\w+, (BEFORE|AFTER) '
  union all
  select 'type ' || oid::regtype, coalesce('nothing of ' || attname, 'nothing')
  from pg_type t
  -- What is not explained as a column of a table.
  left join pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    and strpos(obj_description(t.oid, 'pg_type'), a.attname) = 0
    and not exists (select from relations r join pg_attribute c on c.attrelid = r.oid and c.attname = a.attname where r.relkind in ('r', 'p'))
  where typnamespace = 'public'::regnamespace and typname like 'bot\_session%'
    and (select relkind from pg_class where oid = typrelid) = 'c'
    and (obj_description(t.oid, 'pg_type') is null or a.attname is not null)
  union all
  select 'relation ' || name, 'nothing' from relations where obj_description(oid, 'pg_class') is null
  union all
  select format('column %s of %s', attname, name), 'nothing'
  from relations
  join pg_attribute on attrelid = oid and attnum > 0 and not attisdropped
  where relkind <> 'S' and col_description(attrelid, attnum) is null
  union all
  select 'extension ' || extname, 'nothing' from pg_extension
  where extname = 'botsession' and obj_description(oid, 'pg_extension') is null;

select object, says from incomplete order by object, says;

-- settings: the library has them, whichever edition is installed
load '$libdir/botsession';
select name, short_desc from pg_settings where name like 'botsession.%' order by name;

-- that the view sees what is missing
create function bot_session_regress(one text, two text) returns text language sql as $$select one$$;
create table bot_session_regress (session_id text);
create type bot_session_regress_type as (session_id text, something text);
select object, says from incomplete order by object, says;
comment on function bot_session_regress(text, text) is
'Does something.

one: something.
Returns something.
Errors: none.';
comment on type bot_session_regress_type is 'Holds a value.';
select object, says from incomplete order by object, says;
rollback;
