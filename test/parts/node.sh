#!/usr/bin/env bash
# the Node package's manager in the C edition, and its repository with other versions of its peers
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
enter_run "$0" "$@"

need_extension
run_step manager env NODE_EDITIONS=c bash test/suites/node-manager.sh
run_step peers env NODE_PACKAGES=test/node/peers bash test/suites/node-repository.sh
finish
