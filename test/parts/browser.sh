#!/usr/bin/env bash
# the console in a browser with its sandbox, and QR codes in a terminal, read by a scanner
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
needs_of=(test/node/browser/run.sh)
enter_run "$0" "$@"

need_extension
run_step browser bash test/node/browser/run.sh
finish
