#!/usr/bin/env bash
# clients/node: the repository over fetch, supabase-js, node-postgres and pgbouncer, in both editions.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages "${NODE_PACKAGES:-test/node}"
export PGBOUNCER
PGBOUNCER=$(bash test/setup/pgbouncer.sh) || PGBOUNCER=
start_supabase
run_tests plpgsql client/repository.test.cjs client/errors.test.cjs client/manager-ways.test.cjs client/checks.test.cjs
run_tests c client/repository.test.cjs client/errors.test.cjs client/manager-ways.test.cjs
