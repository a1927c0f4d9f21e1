#!/usr/bin/env bash
# make check-all: make check and then every part in test/parts, each of which is a target of its own
# (make check-NAME). Ends with the sum of what they count.
#
# A part prints its results and, last, the line "N passed, N failed, N skipped". What it cannot do on this
# machine it skips aloud. ONLY='pattern' runs only the parts that match, as in: make check-all ONLY=static

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

passed=0 failed=0 skipped=0 summary=()
pattern=${ONLY:-*}
unset ONLY
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for script in test/check.sh test/parts/*.sh; do
	name=$(basename "$script" .sh)
	# shellcheck disable=SC2053
	[[ $name == $pattern ]] || continue
	printf '=== %s\n' "$name"
	started=$SECONDS
	bash "$script" 2>&1 </dev/null | tee "$log"
	status=${PIPESTATUS[0]}
	read -r p f s < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 0\4/p' "$log" | tail -n 1)
	# A part that broke before it came to count has failed.
	if [ "$status" -ne 0 ] && [ "${f:-0}" -eq 0 ]; then f=1; fi
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + 10#${s:-0}))
	summary+=("$(printf '%-14s %5d passed %3d failed %3d skipped %5d s' "$name" "${p:-0}" "${f:-0}" "$((10#${s:-0}))" $((SECONDS - started)))")
	unset p f s
done

printf '=== %s\n' 'all parts'
printf '%s\n' "${summary[@]}"
printf '%d passed, %d failed' "$passed" "$failed"
if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
printf '\n'
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
