#!/usr/bin/env bash
# every other supported server, and a 32-bit one, with the server's own newer compilers
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck source=test/setup/chroot.sh
. "$setup/chroot.sh"
# shellcheck source=test/setup/results.sh
. "$setup/results.sh"

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
started=()

# Next to each other: much of what the tests do is to wait. Node's suites test clients, not servers.
start_versions() {
	local name=$1 major
	shift
	if ! need_chroot "$name"; then
		skip "$name: $NEED_REASON"
		return
	fi
	for major in "$@"; do
		"${IN_CHROOT[@]}" root env BOTSESSION_PG_CONFIG="$(pg_config_of "$major")" \
			COPT=-Werror ONLY="${ONLY:-!(suites/*)}" bash test/check.sh >"$logs/$name-$major" 2>&1 </dev/null &
		started+=("$!:$name-$major")
	done
}

start_versions servers 17 18
start_versions servers-i386 15
for job in "${started[@]}"; do
	status=0
	wait "${job%%:*}" || status=$?
	name=${job#*:}
	say "$name"
	# shellcheck disable=SC2016
	run_script "$name" sh -c 'cat "$1"; exit "$2"' - "$logs/$name" "$status"
done
finish
