#!/usr/bin/env bash
# clients/node: the adapter for Baileys, and the bot of examples/node, with Baileys itself.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages "${NODE_PACKAGES:-test/node/baileys}"
start_supabase
read -ra tests <<<"${BAILEYS_TESTS:-client/baileys.test.cjs client/baileys-bot.test.cjs}"
run_tests plpgsql "${tests[@]}"
