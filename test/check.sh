#!/usr/bin/env bash
# make check: builds, installs and tests everything on a private server, as an ordinary user, and
# ends with the line "N passed, N failed" (", N skipped"). Not zero where a test failed, where a step
# broke, and where nothing ran.
#
#	regress, isolation	the suites of the Makefile, three times
#	t/NAME.pl		TAP, each with servers of its own (PostgreSQL::Test)
#	suites/NAME.sh		executable; prints lines "ok NAME", "not ok NAME", "skip NAME: reason"
#
# ONLY='pattern' runs only the steps that match, as in: make check ONLY='t/*'

tests=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=test/setup/common.sh
. "$tests/setup/common.sh"
# shellcheck source=test/setup/results.sh
. "$tests/setup/results.sh"
for file in "$tests"/t/*.pl "$tests"/suites/*.sh; do
	name=${file#"$tests"/}
	if chosen "$name"; then needs_of+=("test/$name"); fi
done
enter_run "$0" "$@"
# shellcheck source=test/setup/cluster.sh
. test/setup/cluster.sh
# shellcheck source=test/setup/suites.sh
. test/setup/suites.sh

if ! (build_extension); then
	fail build
	finish
	exit 1
fi

data=$RUN_DIR/data
# A vacuum that comes in between locks what a test alters, and makes it a deadlock.
start_cluster "$data" fsync=off autovacuum=off

# The same tests, with the same output, for both editions and both ways of the C edition to the rows.
run_suites "${ways[@]}"
run_tap

for file in test/suites/*.sh; do
	name=${file#test/}
	if [ ! -x "$file" ] || ! chosen "$name"; then continue; fi
	run_step "$name" bash "$file"
done

check_log "$data.log"
finish
