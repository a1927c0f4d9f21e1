#!/usr/bin/env bash
# clients/node: the adapter for Baileys, with Baileys itself.
# needs: node=nodejs npm=npm

# shellcheck source=test/node/run.sh
. test/node/run.sh
need_npm_packages "${NODE_PACKAGES:-test/node/baileys}"
need_current_node
start_supabase
run_tests plpgsql client/baileys.test.cjs
exit "$suite_status"
