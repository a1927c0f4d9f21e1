#!/usr/bin/env bash
# clients/node: what a Telegram bot remembers of its chats, with grammY and Telegraf themselves; the bot of examples/node.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node/telegram
start_supabase
run_tests plpgsql client/telegram.test.cjs client/grammy-bot.test.cjs
