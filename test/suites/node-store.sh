#!/usr/bin/env bash
# clients/node: what a bot logs in with, through the repository, a store and the manager.
# needs: node=nodejs npm=npm

# shellcheck source=test/node/run.sh
. test/node/run.sh
need_npm_packages test/node
need_current_node
export PGBOUNCER
PGBOUNCER=$(bash test/setup/pgbouncer.sh) || PGBOUNCER=
start_supabase
run_tests plpgsql client/data.test.cjs client/store.test.cjs client/manager-store.test.cjs
run_tests c client/data.test.cjs
exit "$suite_status"
