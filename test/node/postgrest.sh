#!/usr/bin/env bash
# The functions as clients see them: through a real PostgREST, for all roles, in both editions.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
start_supabase
run_tests plpgsql rpc.test.cjs workers.test.cjs errors.test.cjs
run_tests c rpc.test.cjs workers.test.cjs errors.test.cjs move.test.cjs
