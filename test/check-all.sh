#!/usr/bin/env bash
# make check-all: make check and then every part in test/parts, each of which is a target of its own
# (make check-NAME). Ends with the sum of what they count.
#
# A part prints its results and, last, the line "N passed, N failed, N skipped". What it cannot do on this
# machine it skips aloud. ONLY='pattern' runs only the parts that match, as in: make check-all ONLY=static
#
# BOTSESSION_MINUTES=N skips, aloud, the parts whose turn comes later than that.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
# shellcheck source=test/setup/results.sh
. test/setup/results.sh
set -uo pipefail

# First those that find the most in the time they take; any others come last.
parts=(static sanitizers versions upgrade format cassert fuzz coverage dist leases valgrind scaling packages)
for script in test/parts/*.sh; do
	name=$(basename "$script" .sh)
	[[ " ${parts[*]} " == *" $name "* ]] || parts+=("$name")
done

pattern=${ONLY:-*} minutes=${BOTSESSION_MINUTES:-} summary=()
unset ONLY
# Longer than make check has time for
export BOTSESSION_KILLS=${BOTSESSION_KILLS:-10}

for name in check "${parts[@]}"; do
	target=check-$name script=test/parts/$name.sh
	if [ "$name" = check ]; then target=check script=test/check.sh; fi
	# shellcheck disable=SC2053
	[[ $name == $pattern ]] || continue
	printf '=== %s\n' "$name"
	if [ -n "$minutes" ] && [ "$SECONDS" -ge $((minutes * 60)) ]; then
		skip "$name: the $minutes minutes are over, make $target runs it"
		continue
	fi
	started=$SECONDS
	run_script "$name" bash "$script"
	summary+=("$(printf '%-14s %5d s  %s' "$name" $((SECONDS - started)) "$script_counts")")
done

printf '=== %s\n' 'all parts'
printf '%s\n' "${summary[@]}"
finish
