-- run by: docs/examples/plproxy.sh
\connect router
create extension plproxy;
create server bots foreign data wrapper plproxy options (
  modular_mapping '1',          -- any number of shards, not only powers of two
  connection_lifetime '1800',
  p0 'dbname=shard0 host=127.0.0.1 port=5432 connect_timeout=5',
  p1 'dbname=shard1 host=127.0.0.1 port=5432 connect_timeout=5',
  p2 'dbname=shard2 host=127.0.0.1 port=5432 connect_timeout=5'
);
-- Who may call, and as whom they come to the shards: service_role is Supabase's, on another server it is yours.
grant usage on foreign server bots to service_role;
create user mapping for service_role server bots options (user 'postgres');
