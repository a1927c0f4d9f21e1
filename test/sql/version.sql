-- Which edition and version runs here.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

select edition = case when exists (select from pg_extension where extname = 'botsession') then 'c' else 'plpgsql' end as edition,
  obj_description('bot_session_overview(interval)'::regprocedure, 'pg_proc') like '% botsession ' || version as version
from bot_session_version();
-- also where nothing may be written
begin read only;
select version <> '' as answered from bot_session_version();
rollback;
begin;
create role regress_nobody;
set role regress_nobody;
select * from bot_session_version();
rollback;
