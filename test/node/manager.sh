#!/usr/bin/env bash
# clients/node: the bot manager, and the service of examples/node, through a real PostgREST; killed, stopped, paused.
# In the PL/pgSQL edition; make check-node does the same in C.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
start_supabase
run_tests "${NODE_EDITIONS:-plpgsql}" client/outbox.test.cjs client/manager.test.cjs client/workers.test.cjs client/service.test.cjs
