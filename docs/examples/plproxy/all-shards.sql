-- run by: docs/examples/plproxy.sh
\connect router
create function active_bot_sessions() returns setof text language plproxy as $$
  cluster 'bots';
  run on all;
  select session_id from bot_sessions where status = 'active';
$$;
revoke execute on function active_bot_sessions from public;
grant execute on function active_bot_sessions to service_role;

set role service_role;
select * from active_bot_sessions();
