#!/usr/bin/env bash
# every other supported server, and a 32-bit one, with the server's own newer compilers
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck source=test/setup/chroot.sh
. "$setup/chroot.sh"
# shellcheck source=test/setup/results.sh
. "$setup/results.sh"

# Next to each other: much of what the tests do is to wait. Node's suites test clients, not servers.
start_versions() {
	local name=$1 major
	shift
	if ! need_chroot "$name"; then
		skip "$name: $NEED_REASON"
		return
	fi
	for major in "$@"; do
		start_script "$name-$major" "${IN_CHROOT[@]}" root env BOTSESSION_PG_CONFIG="$(pg_config_of "$major")" \
			COPT=-Werror ONLY="${ONLY:-!(suites/*)}" bash test/check.sh
	done
}

start_versions servers 17 18
start_versions servers-i386 15
while [ "${#script_names[@]}" -gt 0 ]; do end_script; done
finish
