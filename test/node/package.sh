#!/usr/bin/env bash
# clients/node as its users get it: npm's tarball in an ECMAScript module, a CommonJS and a TypeScript service.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
start_supabase
run_tests plpgsql client/install.test.cjs
