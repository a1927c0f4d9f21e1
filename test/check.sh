#!/usr/bin/env bash
# make check: builds, installs and tests everything on a private server, as an ordinary user, and
# ends with the line "N passed, N failed" (", N skipped"). Not zero where a test failed, where a step
# broke, where nothing ran, and where all that ran was skipped.
#
#	regress, isolation	the suites of the Makefile, three times
#	t/NAME.pl		TAP, each with servers of its own (PostgreSQL::Test)
#	node/NAME.sh, docs/docs.sh	tests through real clients; print lines "ok NAME", "not ok NAME", "skip NAME: reason"
#
# ONLY='pattern' runs only the steps that match, as in: make check ONLY='t/*'
# TESTS='NAME ...' runs only those of test/sql, test/specs and test/t, as in: make check TESTS='touch_many_order crash'

tests=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=test/setup/common.sh
. "$tests/setup/common.sh"

sql=() specs=() tap=("$tests"/t/*.pl) suites=("$tests"/node/*.sh "$tests"/docs/docs.sh) steps=(regress isolation)
if [ -n "${TESTS:-}" ]; then
	tap=() suites=() steps=()
	for name in $TESTS; do
		found=
		if [ -e "$tests/sql/$name.sql" ]; then found=regress sql+=("$name"); fi
		if [ -e "$tests/specs/$name.spec" ]; then found=isolation specs+=("$name"); fi
		if [ -e "$tests/t/$name.pl" ]; then found=t tap+=("$tests/t/$name.pl"); fi
		[ -n "$found" ] || die "TESTS: there is no test $name in test/sql, test/specs and test/t"
	done
	[ ${#sql[@]} -eq 0 ] || steps+=(regress)
	[ ${#specs[@]} -eq 0 ] || steps+=(isolation)
fi
for file in "${tap[@]}" "${suites[@]}"; do
	name=${file#"$tests"/}
	steps+=("$name")
	if chosen "$name"; then needs_of+=("test/$name"); fi
done
choose_steps "${steps[@]}"
enter_run "$0" "$@"

need_extension
data=$RUN_DIR/data
# A vacuum that comes in between locks what a test alters, and makes it a deadlock.
start_cluster "$data" fsync=off autovacuum=off

# The same tests, with the same output, for both editions and both ways of the C edition to the rows.
if [ -z "${TESTS:-}" ]; then run_suites "${ways[@]}"; fi
for way in "${ways[@]}"; do
	if [ ${#sql[@]} -gt 0 ] && chosen regress; then run_regress "$way" 00_install "${sql[@]}"; fi
	if [ ${#specs[@]} -gt 0 ] && chosen isolation; then run_isolation "$way" isolation_install "${specs[@]}"; fi
done
run_tap "${tap[@]}"
for file in "${suites[@]}"; do
	name=${file#"$tests"/}
	if chosen "$name"; then run_step "$name" bash "$file"; fi
done

check_log "$data.log"
finish
