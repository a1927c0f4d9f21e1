# shellcheck shell=bash
# Runs the steps of a test script and counts what they say. A script ends with finish, which prints the line
# "N passed, N failed" (", N skipped"): 1 where a test failed, where a step broke, and where nothing ran; 77
# where all that ran was skipped.
#
#	run_step NAME COMMAND...	its lines are read as results: pg_regress's, TAP's, and "ok NAME",
#					"not ok NAME", "skip NAME: reason"
#	pass NAME, fail NAME, skip NAME: REASON		a result that the script found itself
#	run_script NAME COMMAND...	a whole script that ends with such a line of its own
#	start_script NAME COMMAND...	the same, next to others that were started
#	end_script			waits for one of those to end, prints what it said and counts it; sets
#					script_name, script_counts and script_seconds
#	finish

passed=0 failed=0 skipped=0

# A hanging test must not hang the run. Seconds for one step.
step_limit=1800

finish() {
	if [ $((passed + failed + skipped)) -eq 0 ]; then printf 'nothing ran (ONLY=%s)\n' "${ONLY:-}"; fi
	printf '%d passed, %d failed' "$passed" "$failed"
	if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
	printf '\n'
	if [ "$failed" -eq 0 ] && [ "$passed" -eq 0 ] && [ "$skipped" -gt 0 ]; then return 77; fi
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

pass() {
	printf 'ok %s\n' "$*"
	passed=$((passed + 1))
}

skip() {
	printf 'skip %s\n' "$*"
	skipped=$((skipped + 1))
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

# The counts in the last line of a script, as three numbers.
last_counts() {
	sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p' "$1" | tail -n 1
}

# count_script NAME LOG STATUS
count_script() {
	local counts p f s
	counts=$(last_counts "$2")
	read -r p f s <<<"${counts:-0 0}"
	# One that broke before it came to count has failed.
	if [ "$f" -eq 0 ] && [ "$3" -ne 0 ] && [ "$3 $p $((${s:-0} > 0))" != '77 0 1' ] || [ -z "$counts" ]; then
		printf 'not ok %s (broke with status %d)\n' "$1" "$3"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
	# shellcheck disable=SC2034
	script_counts="$p passed, $f failed, ${s:-0} skipped"
}

# run_script NAME COMMAND...
run_script() {
	local name=$1 log status=0
	shift
	log=$(mktemp)
	"$@" 2>&1 </dev/null | tee "$log" || status=$?
	count_script "$name" "$log" "$status"
	rm -f "$log"
}

# By process id
declare -A script_names=() script_starts=()
script_logs=

# The groups of those that run, or what they started would not hear of it.
stop_scripts() {
	local pid
	trap '' HUP INT TERM
	for pid in "${!script_names[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
	wait
	rm -rf "$script_logs"
}

# start_script NAME COMMAND...
start_script() {
	local name=$1
	shift
	if [ -z "$script_logs" ]; then
		script_logs=$(mktemp -d)
		trap stop_scripts EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
	fi
	# Each in a process group of its own
	set -m
	"$@" >"$script_logs/$name" 2>&1 </dev/null &
	set +m
	script_names[$!]=$name
	script_starts[$!]=$SECONDS
}

# shellcheck disable=SC2034
end_script() {
	local pid status=0
	wait -n -p pid "${!script_names[@]}" || status=$?
	script_name=${script_names[$pid]} script_seconds=$((SECONDS - script_starts[$pid]))
	unset "script_names[$pid]"
	printf '=== %s\n' "$script_name"
	cat "$script_logs/$script_name"
	count_script "$script_name" "$script_logs/$script_name" "$status"
}

# run_step NAME COMMAND...
run_step() {
	local name=$1 log=$RUN_DIR/step.log status=0 started=$SECONDS p f s diffs
	shift
	say "$name"
	find . -name regression.diffs -delete
	# In the foreground, or Ctrl-C would not reach the test.
	timeout --foreground --kill-after=60 "$step_limit" "$@" 2>&1 </dev/null | tee "$log" | result_lines || status=$?
	say "$name: $((SECONDS - started)) s"
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
