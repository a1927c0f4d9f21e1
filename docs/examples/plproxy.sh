# needs: fresh, superuser, extension plproxy
trap 'for name in router shard0 shard1 shard2; do dropdb --if-exists --force $name; done' EXIT

for shard in shard0 shard1 shard2; do
  createdb $shard
  psql -q -v ON_ERROR_STOP=1 -d $shard -f sql/create_bot_sessions.sql
done
createdb router

sed "s/port=5432/port=$PGPORT/" docs/examples/plproxy/router.sql | psql -X -q -v ON_ERROR_STOP=1

psql -X -At -d shard0 -f examples/plproxy/wrappers.sql | psql -X -q -v ON_ERROR_STOP=1 -d router

for file in docs/examples/plproxy/calls.sql docs/examples/plproxy/all-shards.sql; do
	psql -X -q -P footer=off -v ON_ERROR_STOP=1 -f $file
done
node docs/examples/plproxy/checks.mjs
