#!/usr/bin/env bash
# clients/node as its users get it: npm's tarball in an ECMAScript module, a CommonJS and a TypeScript service.
# needs: node=nodejs npm=npm

# shellcheck source=test/node/run.sh
. test/node/run.sh
need_npm_packages test/node
need_current_node
start_supabase
run_tests plpgsql client/install.test.cjs
exit "$suite_status"
