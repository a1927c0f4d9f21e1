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

# A test file that no list names would never run, and nobody would notice.
every_file_ran() {
	local file name
	for file in "$@"; do
		name=$(basename "${file%.*}")
		[ ! -e "$file" ] || grep -Eq "^(test|    |(not )?ok .* [-+]) +$name( |\$)" "$RUN_DIR/step.log" ||
			fail "$name (never ran: the Makefile does not name $file)"
	done
}

if ! (build_extension); then
	fail build
	finish
	exit 1
fi

data=$RUN_DIR/data
start_cluster "$data" fsync=off
installcheck=("${MAKE[@]}" installcheck TAP_TESTS=)

# The same tests, with the same output, for both editions and both ways of the C edition to the rows.
for way in 'c' 'c -c botsession.direct_access=off' 'plpgsql'; do
	options="-c botsession.edition=$way"
	if chosen regress; then
		run_step "regress $options" env PGOPTIONS="$options" "${installcheck[@]}" ISOLATION=
		every_file_ran test/sql/*.sql
	fi
	if chosen isolation; then
		run_step "isolation $options" env PGOPTIONS="$options" "${installcheck[@]}" REGRESS=
		every_file_ran test/specs/*.spec
	fi
done

pgxs=$(dirname "$("$PG_CONFIG" --pgxs)")/..
for file in test/t/*.pl; do
	name=${file#test/}
	if [ ! -e "$file" ] || ! chosen "$name"; then continue; fi
	run_step "$name" env TESTDIR="$PWD" TESTDATADIR="$PWD/tmp_check" TESTLOGDIR="$PWD/tmp_check/log" \
		PG_REGRESS="$pgxs/test/regress/pg_regress" \
		prove --norc --verbose -I "$pgxs/test/perl" -I test/t "$file"
done

for file in test/suites/*.sh; do
	name=${file#test/}
	if [ ! -x "$file" ] || ! chosen "$name"; then continue; fi
	run_step "$name" bash "$file"
done

crashes=$(grep -E 'PANIC:|TRAP:|was terminated by signal' "$data.log") || true
if [ -n "$crashes" ]; then fail "the server crashed during the tests: $crashes"; fi

finish
