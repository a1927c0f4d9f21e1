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

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/common.sh"
needs_of=(test/suites test/t)
enter_run "$0" "$@"
# shellcheck source=test/setup/cluster.sh
. test/setup/cluster.sh

passed=0 failed=0 skipped=0

# A hanging test must not hang the run. Seconds for one step.
step_limit=1800

finish() {
	printf '%d passed, %d failed' "$passed" "$failed"
	if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
	printf '\n'
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

fail() {
	printf 'not ok %s\n' "$*"
	failed=$((failed + 1))
}

# One reading for all: pg_regress of 15 ("test NAME ... ok 9 ms", in a group without the word test),
# TAP (pg_regress from 16 on, prove) and the suites. Indented TAP is a subtest of what follows it.
result_lines() {
	grep --line-buffered -E '^(test|    ) .* \.\.\. (ok|FAILED|failed)|^(not )?ok [^ ]|^skip |^1\.\.0( |$)|^[^ ]+ \.+ skipped: ' || true
}

count_results() {
	awk '
		/^(test|    ) .* \.\.\. /	{ if (/ \.\.\. ok/) passed++; else failed++; next }
		/^1\.\.0/ || /^skip / || / \.+ skipped: / || /# *(SKIP|TODO|skip|todo)/	{ skipped++; next }
		/^not ok/			{ failed++; next }
						{ passed++ }
		END				{ print passed + 0, failed + 0, skipped + 0 }'
}

# shellcheck disable=SC2053
chosen() { [[ $1 == ${ONLY:-*} ]]; }

# run_step NAME COMMAND...
run_step() {
	local name=$1 log=$RUN_DIR/step.log status=0 p f s diffs
	shift
	say "$name"
	find . -name regression.diffs -delete
	# In the foreground, or Ctrl-C would not reach the test.
	timeout --foreground --kill-after=60 "$step_limit" "$@" 2>&1 </dev/null | tee "$log" | result_lines || status=$?
	read -r p f s < <(result_lines <"$log" | count_results)
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$status" -eq 0 ] && [ "$f" -eq 0 ]; then
		if [ $((p + s)) -eq 0 ]; then fail "$name (ran no test)"; fi
		return
	fi
	if [ "$f" -eq 0 ]; then fail "$name (broke with status $status)"; fi
	diffs=$(find . -name regression.diffs -size +0)
	if [ -n "$diffs" ]; then
		head -n 400 "$diffs"
	else
		tail -n 60 "$log"
	fi
}

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
