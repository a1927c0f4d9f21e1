#!/usr/bin/env bash
# The command of clients/node over PostgREST and node-postgres, in both editions.
# needs: node=nodejs npm=npm script=bsdutils

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
start_supabase
run_tests plpgsql client/command.test.cjs
run_tests c client/command.test.cjs
