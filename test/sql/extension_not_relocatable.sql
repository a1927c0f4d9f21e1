-- The extension stays in its schema, and its script is for CREATE EXTENSION alone.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create schema regress_schema;
set local client_min_messages = warning;
drop schema public cascade;
create schema public;
create extension botsession schema public;
savepoint s;
alter extension botsession set schema regress_schema;
rollback to s;
-- the members are the type and the functions, no table
select c.relname as catalog, count(*)
from pg_depend d join pg_class c on c.oid = d.classid
where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and d.refobjid = (select oid from pg_extension where extname = 'botsession')
  and not exists (select from pg_type t where t.oid = d.objid and t.typcategory = 'A') -- counted from 17 on
group by 1 order by 1;
select name, default_version, trusted, relocatable, superuser
from pg_available_extension_versions join pg_available_extensions using (name) where name = 'botsession';
rollback;
