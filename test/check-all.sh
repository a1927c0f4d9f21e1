#!/usr/bin/env bash
# make check-all: make check and then every part in test/parts, each of which is a target of its own
# (make check-NAME). Ends with the sum of what they count.
#
# A part prints its results and, last, the line "N passed, N failed, N skipped". What it cannot do on this
# machine it skips aloud. ONLY='pattern' runs only the parts that match, as in: make check-all ONLY=static

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
# shellcheck source=test/setup/results.sh
. test/setup/results.sh
set -uo pipefail

pattern=${ONLY:-*} summary=()
unset ONLY
# Longer than make check has time for
export BOTSESSION_KILLS=${BOTSESSION_KILLS:-10}

for script in test/check.sh test/parts/*.sh; do
	name=$(basename "$script" .sh)
	# shellcheck disable=SC2053
	[[ $name == $pattern ]] || continue
	printf '=== %s\n' "$name"
	started=$SECONDS
	run_script "$name" bash "$script"
	summary+=("$(printf '%-14s %5d s  %s' "$name" $((SECONDS - started)) "$script_counts")")
done

printf '=== %s\n' 'all parts'
printf '%s\n' "${summary[@]}"
finish
