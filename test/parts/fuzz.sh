#!/usr/bin/env bash
# random calls of every function in every way, 60,000, the library sanitized; BOTSESSION_SEED and BOTSESSION_CALLS choose others
# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
# It has assertions, and is not as slow as the one named checked.
# shellcheck disable=SC2034
server_from_source=valgrind
enter_run "$0" "$@"
# shellcheck source=test/setup/sanitize.sh
. test/setup/sanitize.sh

seed=${BOTSESSION_SEED:-$(date +%s)}
calls=${BOTSESSION_CALLS:-60000}

# What the contract names, and what the server itself says: of an argument before it gets to a function, no JSON
# (22P02) or one with a character that text cannot hold (22P05); of an interval, that it leads out of time (22008).
allowed='22004|22023|PT404|PT409|23514|25006|0A000|22P02|22P05|22008'

sanitize_library
need_extension
data=$RUN_DIR/data
start_cluster "$data" fsync=off log_min_messages=warning log_min_error_statement=panic statement_timeout=60s
say "BOTSESSION_SEED=$seed BOTSESSION_CALLS=$calls"

n=0
for way in c spi plpgsql; do
	db=bots_$way
	calls_file=$RUN_DIR/$way.sql
	perl test/parts/fuzz/calls.pl $((seed + n)) $((calls / 3)) >"$calls_file"
	n=$((n + 1))
	psql -Xq -d postgres -c "create database $db"
	PGOPTIONS="-c botsession.edition=${way/spi/c}" psql -Xq -v ON_ERROR_STOP=1 -d "$db" -f sql/create_bot_sessions.sql >/dev/null
	if [ "$way" = spi ]; then psql -Xq -d postgres -c "alter database $db set botsession.direct_access = off"; fi
	psql -Xq -v ON_ERROR_STOP=1 -d "$db" <<-'SQL'
		create table toasted (v text);
		insert into toasted values (repeat('x', 5000)), ((select string_agg(md5(i::text), '') from generate_series(1, 500) as i)), (''), (null);
	SQL
	psql -Xq -v VERBOSITY=sqlstate -d "$db" -f "$calls_file" >/dev/null 2>"$RUN_DIR/$way.errors" || true
	# It may have to recover from a crash
	for _ in $(seq 100); do ! pg_isready -q || break; sleep 0.3; done

	# "psql:FILE:LINE: ERROR:  SQLSTATE", and each line is a call
	grep -vE "ERROR:  ($allowed)\$" "$RUN_DIR/$way.errors" >"$RUN_DIR/unexpected" || true
	if [ -s "$RUN_DIR/unexpected" ]; then
		fail "$way: errors that no call may end with (SQLSTATE, and the first call that had it)"
		sed -n 's/^psql:.*:\([0-9]*\): \(ERROR\|FATAL\|PANIC\|WARNING\|error\): *\(.*\)/\1 \3/p' "$RUN_DIR/unexpected" | sort -k 2 -u |
			while read -r line state; do printf '%s: %s\n' "$state" "$(sed -n "${line}p" "$calls_file" | cut -c 1-1000)"; done
		cut -d: -f4- "$RUN_DIR/unexpected" | sort | uniq -c | head -n 20
	else
		pass "$way: every call ends well, or with an error that the contract names"
	fi
	if psql -XAtq -d "$db" -c "select 'works' from bot_session_start('after all')" | grep -qx works; then
		pass "$way: the functions work after $((calls / 3)) calls"
	else
		fail "$way: the functions do not work any more"
	fi
	# Neither all refused nor all the same
	(grep -oE 'ERROR:  \w{5}' "$RUN_DIR/$way.errors" || true) | sort | uniq -c | awk '{ printf "%s %s, ", $3, $1 } END { print "" }'
done

crashes=$(grep -E 'PANIC:|TRAP:|terminated by signal|XX000|invalid memory alloc|leak' "$data.log") || true
if [ -n "$crashes" ]; then fail "the server's log: $crashes"; else pass 'nothing in the log of the server'; fi
check_reports
finish
