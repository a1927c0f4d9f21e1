#!/usr/bin/env bash
# What the manager and the stores of clients/node makes of PostgREST; make bench-node.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
enter_run "$0" "$@"
build_extension
# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
start_supabase
BOTSESSION_EDITION=c node --expose-gc test/bench/node.cjs
