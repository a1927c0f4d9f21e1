#!/usr/bin/env bash
# make check-all: make check and every part in test/parts, each of which is a target of its own (make
# check-NAME). Ends with the sum of what they count.
#
# A part prints its results and, last, the line "N passed, N failed, N skipped". What it cannot do on this
# machine it skips aloud. ONLY='pattern' runs only the parts that match, as in: make check-all ONLY=static
#
# JOBS=N parts run at once, by default one more than there are processors: much of what they do is to wait.
# What each prints comes in one piece when it has ended.
#
# BOTSESSION_LEAVE_OUT='NAME ...' leaves these parts out. BOTSESSION_MINUTES=N stops parts that still run after N
# minutes: they hang, and have failed.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
# shellcheck source=test/setup/common.sh
. test/setup/common.sh
# shellcheck source=test/setup/results.sh
. test/setup/results.sh

# The long ones first; any others come last.
parts=(check cassert versions sanitizers upgrade browser valgrind coverage node packages static format leases scaling dist fuzz fuzz-batch)
for script in test/parts/*.sh; do
	name=$(basename "$script" .sh)
	[[ " ${parts[*]} " == *" $name "* ]] || parts+=("$name")
done

choose_steps "${parts[@]}"
left_out=" ${BOTSESSION_LEAVE_OUT:-} "
minutes=${BOTSESSION_MINUTES:-} jobs=${JOBS:-$(($(nproc) + 1))} summary=() limit=() wanted=()
for name in "${parts[@]}"; do
	if chosen "$name" && [[ $left_out != *" $name "* ]]; then wanted+=("$name"); fi
done
unset ONLY
# Longer than make check has time for
export BOTSESSION_KILLS=${BOTSESSION_KILLS:-10}

end_part() {
	end_script
	summary+=("$(printf '%-14s %5d s  %s' "$script_name" "$script_seconds" "$script_counts")")
}

for name in "${wanted[@]}"; do
	script=test/parts/$name.sh
	if [ "$name" = check ]; then script=test/check.sh; fi
	while [ "${#script_names[@]}" -ge "$jobs" ]; do end_part; done
	if [ -n "$minutes" ]; then limit=(timeout --kill-after=60 $((minutes * 60 - SECONDS))); fi
	printf '=== %s begins\n' "$name"
	start_script "$name" "${limit[@]}" bash "$script"
done
while [ "${#script_names[@]}" -gt 0 ]; do end_part; done

printf '=== all parts, %d s\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
finish
