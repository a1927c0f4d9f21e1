#!/usr/bin/env bash
# make demo: the life of a session on a private server, in the middle of which first the bot dies and then the server.
# KEEP=1 leaves the server running at the end, STOP=1 ends those that were left.

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/common.sh"

# shellcheck disable=SC2034
server_only=yes
if [ -n "${STOP:-}" ]; then
	choose_user
	for stop in "$BOTSESSION_CACHE"/run.*/stop; do
		[ ! -e "$stop" ] || as_user sh "$stop"
	done
	say "no demo is running"
	exit
fi

enter_run "$0" "$@"

# show SQL WANTED prints both the statement and its result, and ends the demo where WANTED, a regular
# expression, is not in the result.
show() {
	local result status=0
	printf '\n    %s\n\n' "$1"
	result=$(psql -X --pset footer=off --pset null=- -c "$1" 2>&1) || status=$?
	printf '%s\n' "$result" | sed 's/^/    /'
	if [ "$status" -ne 0 ] || ! grep -Eq "$2" <<<"$result"; then
		tail -n 20 "$data.log"
		die "not what was expected, see above"
	fi
}

# What a bot does as long as it lives: a call for each message.
pretend_bot() {
	local n
	for ((n = 1; ; n++)); do
		psql -X -q -c "select from bot_session_touch('bot1', last_message => 'message $n')" >/dev/null
		sleep 0.2
	done
}

# until_true SQL: waits until it is.
until_true() {
	for _ in $(seq 600); do
		if psql -X -A -t -c "$1" | grep -qx t; then return; fi
		sleep 0.1
	done
	die "waited in vain: $1"
}

tell() { printf '\n%s\n' "$*"; }

keep_running() {
	local name setting settings=
	for name in LD_LIBRARY_PATH PGHOST PGPORT PGUSER PGDATABASE; do
		printf -v setting '%s=%q ' "$name" "${!name}"
		settings+=$setting
	done
	printf '#!/bin/sh\n%s exec %q "$@"\n' "$settings" "$(type -P psql)" >"$RUN_DIR/psql"
	printf '%s %q -D %q -m fast -w stop >/dev/null\nrm -rf %q %q\n' \
		"$settings" "$(type -P pg_ctl)" "$data" "$PGHOST" "$RUN_DIR" >"$RUN_DIR/stop"
	chmod +x "$RUN_DIR/psql"
	trap - EXIT
	tell "The server keeps running."
	printf '    connect:  %s\n' "$RUN_DIR/psql"
	printf '              (host=%s port=%s user=%s dbname=%s)\n' "$PGHOST" "$PGPORT" "$PGUSER" "$PGDATABASE"
	printf '    stop:     make demo STOP=1\n'
	tell_of_console
}

# The command of clients/node, installed with pg in the run's folder.
tell_of_console() {
	if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null ||
		! command -v npm >/dev/null; then
		tell "To see it in a browser, install Node 20.19 or later with npm (https://nodejs.org/en/download), and run this again."
		return
	fi
	mkdir "$RUN_DIR/node"
	if ! npm install --prefix "$RUN_DIR/node" --install-links --no-audit --no-fund --loglevel=error "$TREE/clients/node" pg >"$RUN_DIR/npm.log" 2>&1; then
		tell "To see it in a browser, the package pg is needed, which npm could not install: $RUN_DIR/npm.log says why."
		return
	fi
	printf '#!/bin/sh\nexport DATABASE_URL=%q\nexec %q %q "$@"\n' "postgresql://$PGUSER@/$PGDATABASE?host=$PGHOST&port=$PGPORT" \
		"$(type -P node)" "$RUN_DIR/node/node_modules/.bin/botsession" >"$RUN_DIR/botsession"
	chmod +x "$RUN_DIR/botsession"
	tell "See it in a browser: this prints an address."
	printf '    %s console\n' "$RUN_DIR/botsession"
	tell "Then let a bot ask to be scanned, and look at the page:"
	printf '    %s -c "select status from bot_session_start('"'bot2'"')" -c "select status from bot_session_touch('"'bot2'"', qr_data => '"'2@a code that is made up'"')"\n' "$RUN_DIR/psql"
}

build_extension
data=$RUN_DIR/data
say "starting a private PostgreSQL, running sql/create_bot_sessions.sql"
start_cluster "$data"
createdb demo
export PGDATABASE=demo
PGOPTIONS='-c client_min_messages=warning' \
	psql -X -q -v ON_ERROR_STOP=1 --pset footer=off -f sql/create_bot_sessions.sql || die "the migration failed"

tell "1. A bot is started. No previous_status: this session is new."
show "select session_id, status, previous_status
      from bot_session_start('bot1')" 'bot1 +\| active +\| -'

tell "2. WhatsApp sends a QR code to be scanned."
show "select session_id, status, qr_data
      from bot_session_touch('bot1', qr_data => '2@u7Yd0sVqK3...')" '2@u7Yd0sVqK3'

tell "3. It was scanned, so it is removed."
show "select session_id, status, qr_data
      from bot_session_touch('bot1', qr_data => '')" 'bot1 +\| active +\| -'

tell "4. A message arrives."
show "select session_id, status, last_message
      from bot_session_touch('bot1', last_message => 'Hello, is the shop open?')" 'is the shop open'

tell "5. The bot's process is killed, kill -9, while messages come in. (It is a shell that pretends to be one.)
   Nobody has ended the session: it stays active."
pretend_bot &
until_true "select last_message ~ '^message ([3-9]|..)' from bot_sessions"
kill -KILL $!
wait $! 2>/dev/null || true
show "select session_id, status, last_message from bot_sessions" 'bot1 +\| active +\| message'

tell "6. It boots again. previous_status is active: the last run never ended it. Its last message is there."
show "select session_id, status, previous_status, last_message
      from bot_session_start('bot1')" 'bot1 +\| active +\| active +\| message'

tell "7. The server is killed: kill -9 of PostgreSQL and all its processes. Then it is started again:"
printf '\n'
kill_cluster "$data"
start_cluster "$data"
grep -E 'interrupted|not properly shut down|redo done|ready to accept' "$data.log" | tail -n 4 | sed 's/.* LOG: /   /'

tell "8. Everything that was acknowledged is still there, and the bot goes on."
show "select session_id, status, last_message
      from bot_session_touch('bot1')" 'bot1 +\| active +\| message'

tell "9. It logs out."
show "select session_id, status, previous_status
      from bot_session_end('bot1', reason => 'logged out on the phone')" 'bot1 +\| inactive +\| active'

tell "10. What happened, from the audit trail:"
show "select session_id, event, reason, actor_role, happened_at::timestamptz(0)
      from bot_session_events order by event_id" 'recovered'

if [ -n "${KEEP:-}" ]; then
	keep_running
else
	tell "Everything is stopped and removed. To try it yourself: make demo KEEP=1"
fi
