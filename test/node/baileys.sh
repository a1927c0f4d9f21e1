#!/usr/bin/env bash
# clients/node: the adapter for Baileys, with Baileys itself.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages "${NODE_PACKAGES:-test/node/baileys}"
start_supabase
run_tests plpgsql "${BAILEYS_TESTS:-client/baileys.test.cjs}"
