#!/usr/bin/env bash
# The examples that the blocks of the documentation are pieces of; see test/docs/docs.test.cjs.
# needs: node=nodejs npm=npm curl=curl /usr/lib/python3/dist-packages/psycopg=python3-psycopg

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
# Where the package pg_cron is there, its launcher serves the database that the blocks are about.
cron=
if [ -e "$("$PG_CONFIG" --pkglibdir)/pg_cron.so" ]; then cron=pg_cron; fi
start_supabase shared_preload_libraries="$cron" cron.database_name=mydb
# pgbouncer, unpacked next to the server where it is not installed
PATH+=:$(dirname "$PG_CONFIG")/../../../../sbin
run_tests plpgsql ../docs/docs.test.cjs
run_tests c ../docs/docs.test.cjs
