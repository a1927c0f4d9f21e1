#!/usr/bin/env bash
# all suites with the library under AddressSanitizer and UndefinedBehaviorSanitizer
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
enter_run "$0" "$@"
# shellcheck source=test/setup/cluster.sh
. test/setup/cluster.sh
# shellcheck source=test/setup/results.sh
. test/setup/results.sh
# shellcheck source=test/setup/suites.sh
. test/setup/suites.sh
# shellcheck source=test/setup/sanitize.sh
. test/setup/sanitize.sh

sanitize_library
if (build_extension); then
	start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
	# The PL/pgSQL edition has none of our C.
	run_suites "${c_ways[@]}"
	run_tap "${library_tap[@]}" test/t/differential.pl
	check_log "$RUN_DIR/data.log"
	check_reports
else
	fail build
fi
finish
