#!/usr/bin/env bash
# every other supported server, and a 32-bit one, with the server's own newer compilers
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck source=test/setup/chroot.sh
. "$setup/chroot.sh"
# shellcheck source=test/setup/results.sh
. "$setup/results.sh"

# Not again on every server: what tests clients (suites), SQL, which is the same everywhere (lease_property), the page
# of promises, and that the server survives what happens to it or its machine.
wanted='!(suites/*|t/@(connection_lost|killed_inside|lease_property|out_of_*|promises|writers_killed).pl)'

# Next to each other: much of what the tests do is to wait. Of random calls a part will do.
start_versions() {
	local name=$1 major
	shift
	if ! need_chroot "$name"; then
		skip "$name: $NEED_REASON"
		return
	fi
	for major in "$@"; do
		start_script "$name-$major" "${IN_CHROOT[@]}" root env BOTSESSION_PG_CONFIG="$(pg_config_of "$major")" \
			COPT=-Werror ONLY="${ONLY:-$wanted}" BOTSESSION_CALLS="${BOTSESSION_CALLS:-6000}" bash test/check.sh
	done
}

start_versions servers 17 18
start_versions servers-i386 15
while [ "${#script_names[@]}" -gt 0 ]; do end_script; done
finish
