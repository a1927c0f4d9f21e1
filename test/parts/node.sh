#!/usr/bin/env bash
# the Node package's manager in the C edition, and its repository and adapters with other versions of what they work with
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
needs_of=(test/node/whatsapp/run.sh)
enter_run "$0" "$@"

need_extension
run_step manager env NODE_EDITIONS=c bash test/node/manager.sh
run_step peers env NODE_PACKAGES=test/node/peers bash test/node/repository.sh
run_step baileys6 env NODE_PACKAGES=test/node/baileys6 bash test/node/baileys.sh
run_step demo env BAILEYS_TESTS=client/demo.test.cjs bash test/node/baileys.sh
run_step whatsapp bash test/node/whatsapp/run.sh
finish
