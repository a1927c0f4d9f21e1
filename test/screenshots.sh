#!/usr/bin/env bash
# make screenshots: takes the picture of the console that the README shows, docs/console.png, and writes the hash of
# what it was made from beside it, which make check compares.
# needs: node=nodejs npm=npm chromium-headless-shell=chromium-headless-shell

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/common.sh"

if [ "${1:-}" != inside ]; then
	# shellcheck source=test/setup/packages.sh
	. "$(dirname "${BASH_SOURCE[0]}")/setup/packages.sh"
	tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
	archive=$(mktemp)
	trap 'rm -f "$archive"' EXIT
	choose_user
	(make_cache)
	need_packages fonts-inter || die "$NEED_REASON"
	# A run is a folder that is removed at its end: the picture comes out through descriptor 7.
	bash "$0" inside 7>"$archive"
	[ "$(stat -c %s "$archive")" -le 150000 ] || die "the picture has more than 150 kB"
	cat "$archive" >"$tree/docs/console.png"
	"$tree/test/screenshots/hash.sh" "$tree" >"$tree/docs/console.png.sources"
	say "docs/console.png, $(stat -c %s "$archive") bytes"
	exit
fi

enter_run "$0" "$@"
suite=screenshots
# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node/browser
CHROMIUM=$(command -v chromium-headless-shell) || die 'there is no chromium-headless-shell'
export CHROMIUM
node test/screenshots/take.mjs "$RUN_DIR/console.png"
cat "$RUN_DIR/console.png" >&7
