#!/usr/bin/env bash
# which lines of the library the suites reach, and that every error is reached or said why not
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
export PG_CFLAGS='--coverage -O0' SHLIB_LINK='--coverage'
enter_run "$0" "$@"

goal=95

# FILE: MESSAGE of each call of ereport and elog in the .gcov files that has code, none of which ever ran.
unreached_reports() {
	awk '
		FNR == 1				{ report = "" }
		!/^ *[-0-9#=*]+: *[0-9]+:/		{ next }
		{ count = $1; sub(/^[^:]*:[^:]*:[ \t]*/, "") }
		report == "" && /^(ereport|elog)\(/	{ reached = 0; report = " " }
		report != "" {
			report = report $0
			if (count ~ /^ *[0-9]/) reached = 1
			if (/;$/) {
				if (!reached && match(report, /"([^"\\]|\\.)*"/)) {
					file = FILENAME
					sub(/^.*\//, "", file)
					sub(/\.gcov$/, "", file)
					print "src/" file ": " substr(report, RSTART + 1, RLENGTH - 2)
				}
				report = ""
			}
		}' "$@" | sort
}

# One line for each of our files, and the share of lines of all of them.
table() {
	awk -F"[:%' ]+" '
		/^File /		{ ours = $2 ~ /^src\//; file = $2 }
		!ours			{ next }
		/^Lines executed/	{ lines = $3; n += $5; reached += $3 * $5 / 100 }
		/^Taken at least/	{ printf "%-24s %6.2f %% of lines %6.2f %% of branches\n", file, lines, $5 }
		END			{ printf "%.2f\n", n ? 100 * reached / n : 0 }'
}

need_extension
start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
# The PL/pgSQL edition has none of our C.
run_suites "${c_ways[@]}"
# The races that the suites cannot bring about
run_tap test/t/{changed_meanwhile,tables_replaced}.pl
# The counters are written when a process ends.
stop_cluster "$RUN_DIR/data"
check_log "$RUN_DIR/data.log"

say coverage
gcov --branch-probabilities --object-directory src src/*.c 2>/dev/null | table >"$RUN_DIR/table"
sed '$d' "$RUN_DIR/table"
share=$(tail -n 1 "$RUN_DIR/table")
if [ "${share%.*}" -ge "$goal" ]; then
	pass "$share % of lines, the goal is $goal"
else
	fail "$share % of lines, the goal is $goal"
fi
unreached_reports ./*.c.gcov >"$RUN_DIR/unreached"
sed '/^#/d; /^$/d' test/parts/coverage/unreached | sort >"$RUN_DIR/listed"
if difference=$(diff --label 'test/parts/coverage/unreached' --label 'never reached' -U 0 "$RUN_DIR/listed" "$RUN_DIR/unreached"); then
	pass "every error is reached by a test, or listed with a reason: $(wc -l <"$RUN_DIR/listed") are"
else
	fail "errors that no test reaches (+), or that are listed and reached (-)"
	printf '%s\n' "$difference"
fi
finish
