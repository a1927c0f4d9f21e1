/* sql/botsession--@version@.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION botsession" to load this file, or better run create_bot_sessions.sql, which makes the tables too. \quit

--
-- The tables are not made here: they belong to the user and not to the
-- extension, so that a dump holds their rows, whatever else is done to them.
--

--include types/bot_session.sql

--include types/bot_session_lease.sql

--include types/comments.sql

--signatures functions/*.sql

--
-- A trusted extension is created by a superuser in the name of another role:
-- hand over to that role first, then take back what the superuser's default
-- privileges gave to others.  Whoever needs a function is granted it by the
-- migration, in a grant that dumps contain.
--
-- Neither the owner's nor the schema's name is made part of the script: it
-- would be in a string too, and servers before 15.4 let a name end that.  The
-- objects are those that the script has made so far.
--
do $$
declare
  botsession pg_catalog.oid;
  owner pg_catalog.regrole;
  object pg_catalog.text;
  grantee pg_catalog.text;
begin
  select oid, extowner into botsession, owner
  from pg_catalog.pg_extension
  where extname operator(pg_catalog.=) 'botsession';

  for object in
    select pg_catalog.format('%s %s', o.type, o.identity)
    from pg_catalog.pg_depend d
    cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
    where d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
      and d.refobjid operator(pg_catalog.=) botsession
      and d.deptype operator(pg_catalog.=) 'e'
      -- An array type follows its element, and 19 names it here too
      and pg_catalog.right(o.identity, 2) operator(pg_catalog.<>) '[]'
  loop
    execute pg_catalog.format('alter %s owner to %s', object, owner);
    execute pg_catalog.format('revoke all on %s from public', object);
    foreach grantee in array '{anon, authenticated, service_role}'::pg_catalog.text[] loop
      if pg_catalog.to_regrole(grantee) is not null then
        execute pg_catalog.format('revoke all on %s from %I', object, grantee);
      end if;
    end loop;
  end loop;
end
$$;
