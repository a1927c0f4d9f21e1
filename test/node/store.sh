#!/usr/bin/env bash
# clients/node: what a bot logs in with, through the repository, a store and the manager.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
export PGBOUNCER
PGBOUNCER=$(bash test/setup/pgbouncer.sh) || PGBOUNCER=
start_supabase
run_tests plpgsql client/data.test.cjs client/reseal.test.cjs client/store.test.cjs client/manager-store.test.cjs
run_tests c client/data.test.cjs client/reseal.test.cjs
