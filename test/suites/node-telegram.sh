#!/usr/bin/env bash
# clients/node: what a Telegram bot remembers of its chats, with grammY and Telegraf themselves.
# needs: node=nodejs npm=npm

# shellcheck source=test/node/run.sh
. test/node/run.sh
need_npm_packages test/node/telegram
need_current_node
start_supabase
run_tests plpgsql client/telegram.test.cjs
exit "$suite_status"
