#!/usr/bin/env bash
# all suites with the library under AddressSanitizer and UndefinedBehaviorSanitizer
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
enter_run "$0" "$@"
# shellcheck source=test/setup/sanitize.sh
. test/setup/sanitize.sh

library_tap+=(test/t/differential.pl)
choose_steps regress isolation "${library_tap[@]#test/}"
sanitize_library
need_extension
start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
# The PL/pgSQL edition has none of our C.
run_suites "${c_ways[@]}"
run_tap "${library_tap[@]}"
check_log "$RUN_DIR/data.log"
check_reports
finish
