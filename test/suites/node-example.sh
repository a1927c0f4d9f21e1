#!/usr/bin/env bash
# examples/node through a real PostgREST, in both editions, with the bot service killed in between.
# needs: node=nodejs npm=npm

# shellcheck source=test/node/run.sh
. test/node/run.sh
need_npm_packages test/node
start_supabase
run_tests plpgsql example.test.cjs example-workers.test.cjs
run_tests c example.test.cjs example-workers.test.cjs
exit "$suite_status"
