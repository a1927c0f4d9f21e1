#!/usr/bin/env bash
# every other supported server, and a 32-bit one, with the server's own newer compilers
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck source=test/setup/chroot.sh
. "$setup/chroot.sh"
# shellcheck source=test/setup/results.sh
. "$setup/results.sh"

test_versions() {
	local name=$1 major
	shift
	if ! need_chroot "$name"; then
		skip "$name: $NEED_REASON"
		return
	fi
	for major in "$@"; do
		# Node's suites test clients, not servers.
		run_script "PostgreSQL $major in $name" "${IN_CHROOT[@]}" root env BOTSESSION_PG_CONFIG="$(pg_config_of "$major")" \
			COPT=-Werror ONLY="${ONLY:-!(suites/*)}" bash test/check.sh
	done
}
test_versions servers 17 18
test_versions servers-i386 15
finish
