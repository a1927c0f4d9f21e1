#!/usr/bin/env bash
# Debian packages for 15, 17 and 18: built, tested, installed and removed in clean chroots; and the Dockerfile
setup=$(cd "$(dirname "${BASH_SOURCE[0]}")/../setup" && pwd)
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck source=test/setup/chroot.sh
. "$setup/chroot.sh"
# shellcheck source=test/setup/results.sh
. "$setup/results.sh"

RUN_DIR=$(mktemp -d)
trap 'rm -rf "$RUN_DIR"' EXIT
cd "$RUN_DIR"

test_packages() {
	local suite=$1
	need_chroot "packaging-$suite" || return
	# shellcheck disable=SC2016
	run_step "packages built in $suite" sh -c 'exec "$@" >"$0"' "$suite.tar" "${IN_CHROOT[@]}" root bash test/parts/packages/build.sh
	[ -s "$suite.tar" ] || return 0
	need_chroot "bare-$suite" || return
	# shellcheck disable=SC2016
	run_step "packages installed in $suite" sh -c 'exec "$@" <"$0"' "$suite.tar" "${IN_CHROOT[@]}" root bash test/parts/packages/install.sh
}

# The Dockerfile builds on Debian 12, whose own PostgreSQL is 15.
test_dockerfile() {
	need_chroot bare-bookworm || return
	run_step Dockerfile "${IN_CHROOT[@]}" root bash test/parts/packages/docker.sh 15
}

choose_steps bookworm trixie sid dockerfile
for suite in bookworm trixie sid; do
	if chosen "$suite"; then test_packages "$suite" || skip "packages in $suite: $NEED_REASON"; fi
done
if chosen dockerfile; then test_dockerfile || skip "Dockerfile: $NEED_REASON"; fi
finish
