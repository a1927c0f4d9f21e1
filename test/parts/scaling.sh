#!/usr/bin/env bash
# the regression tests on hash-partitioned sessions, and the numbers of docs/scaling.md measured again
#
# The partitions are those of the page. Every test but those named here gives the same output as without them.

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
enter_run "$0" "$@"

page=docs/scaling.md

# Why a test shows something else where the table is partitioned.
declare -A differs=(
	[00_install]='it makes the table that is not partitioned'
	[audit_events]='a changed session_id moves the row to another partition: deleted and created'
	[audit_owner_not_lent]='who may put triggers on the table may not put them on its partitions'
	[collation_of_arguments]='a column of the partition key cannot be altered'
	[direct_access_steps_aside]='direct access steps aside from the beginning'
	[comments_complete]='the columns of a table that was there before have no comments'
	[data_forgotten_event]='a changed session_id moves the row to another partition: deleted and created'
	[direct_access_of_events]='direct access steps aside from the beginning'
	[direct_access_of_data]='direct access steps aside from the beginning'
	[expire_altered_key]='a column of the partition key cannot be altered'
	[direct_insert_of_data]='the sessions are reached by statements, and so is what references them'
	[error_direct_writes]='a changed session_id moves the row to another partition: deleted and created'
	[kept_plans]='it sets a storage parameter, which only the partitions have'
	[long_messages]='it looks at the TOAST table, which only the partitions have'
	[maintain_qr_removed]='rows come in another order'
	[nondeterministic_collation]='a column of the partition key cannot be altered'
	[migration_replaces_triggers]='of two triggers for one purpose, which stays follows the order in the catalog'
	[migration_restores_tables]='the partitions have what it counts too'
	[migration_refuses_key]='a key without session_id cannot be made at all'
	[privileges_rerun]='it lists ordinary tables'
	[publication_without_identity]='the replica identity is that of the partition'
	[user_foreign_keys]='a unique constraint has to contain session_id'
	[worker_end_by_any_path]='a changed session_id moves the row to another partition: deleted and created'
	[user_indexes]='a unique index has to contain session_id'
	[user_trigger_of_cascade]='a unique constraint has to contain session_id'
)

# partitioned_database NAME EDITION: as the page says.
partitioned_database() {
	createdb "$1"
	awk '/^#/ { wanted = /^## Hash partitions/ } /^```/ { inside = wanted && /sql/; next } inside' "$page" >"$RUN_DIR/partitions.sql"
	psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f "$RUN_DIR/partitions.sql" &&
		PGOPTIONS="-c botsession.edition=$2 -c client_min_messages=warning" \
			psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f sql/create_bot_sessions.sql >/dev/null
}

# said PATTERN: the number in the page that \( \) in the pattern catches; 0 where the page does not say it once.
said() {
	local number
	number=$(sed -n "s/.*$1.*/\1/p" "$page")
	[[ $number =~ ^[0-9]+$ ]] || number=0
	printf '%s' "$number"
}

# agrees WHAT MEASURED SAID: within a tenth, which the page's rounding takes.
agrees() {
	if [ "$3" -gt 0 ] && [ $(($2 * 10)) -ge $(($3 * 9)) ] && [ $(($2 * 10)) -le $(($3 * 11)) ]; then
		pass "$1: $2, the page says $3"
	else
		fail "$1: $2, the page says $3"
	fi
}

ask() { psql -X -A -t -q -v ON_ERROR_STOP=1 -c "$1"; }

# wal_of SQL: bytes of WAL that it writes, without page images.
wal_of() {
	local before
	before=$(ask 'select pg_current_wal_insert_lsn()')
	ask "$1" >/dev/null
	ask "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '$before')::bigint"
}

numbers() {
	local touches=2000 sessions=100000 recipe removed
	createdb numbers
	export PGDATABASE=numbers PGOPTIONS='-c client_min_messages=warning'
	psql -X -q -v ON_ERROR_STOP=1 -f sql/create_bot_sessions.sql >/dev/null
	ask "set session_replication_role = replica;
		insert into bot_sessions (session_id, last_message)
		select 'bot' || lpad(n::text, 9, '0'), repeat('m', 60) from generate_series(1, $sessions) n"
	ask 'vacuum analyze bot_sessions'
	agrees 'bytes of a session in the table' "$(ask "select pg_relation_size('bot_sessions') / $sessions")" \
		"$(said '(\([0-9]*\) in the table')"
	agrees 'bytes of a session in its key' "$(ask "select pg_relation_size('bot_sessions_pkey') / $sessions")" \
		"$(said ' \([0-9]*\) in its key')"

	# Commits as of a client's single statements, to any session; enough of them that pages have to be tidied
	ask "create function message() returns text language sql as 'select left(md5(random()::text) || md5(random()::text), 60)'"
	ask "create function session() returns text language sql as 'select \$\$bot\$\$ || lpad(ceil(random() * $sessions)::text, 9, \$\$0\$\$)'"
	ask "create procedure touches(n integer) language plpgsql as \$\$
		begin
			for i in 1..n loop
				perform bot_session_touch(session(), message());
				commit;
			end loop;
		end \$\$"
	ask "call touches($((sessions / 5)))"
	agrees 'bytes of WAL for a touch' $(($(wal_of "call touches($touches)") / touches)) "$(said 'WAL of a touch: \([0-9]*\) bytes')"
	agrees 'the same in a batch of 100' $(($(wal_of "do \$\$ begin
		for batch in 0..19 loop
			perform bot_session_touch_many(jsonb_agg(jsonb_build_object('session_id', session(), 'last_message', message()))) from generate_series(batch * 100 + 1, batch * 100 + 100) i;
			commit;
		end loop; end \$\$") / touches)) "$(said 'WAL of a touch: .*, \([0-9]*\) in a batch')"
	ask 'select pg_stat_force_next_flush()' >/dev/null
	# A batch may meet a page more often than it has room for versions
	agrees 'percent of touches that are HOT updates' \
		"$(ask "select 100 * n_tup_hot_upd / n_tup_upd from pg_stat_user_tables where relname = 'bot_sessions'")" 100
	ask 'create index on bot_sessions (updated_at)'
	agrees 'bytes of WAL for a touch with an index on updated_at' $(($(wal_of "call touches($touches)") / touches)) \
		"$(said 'ends that: \([0-9]*\) bytes of WAL')"

	ask "truncate bot_session_events restart identity"
	ask "do \$\$ begin
		for i in 1..$sessions loop perform bot_session_end('bot' || lpad(i::text, 9, '0'), 'logged out'); end loop; end \$\$"
	agrees 'bytes of an event' "$(ask "select pg_total_relation_size('bot_session_events') / $sessions")" \
		"$(said 'disk of an event: \([0-9]*\) bytes')"

	# The recipe, against the growth that the page tells of: two million events a day
	ask "update bot_session_events set happened_at = now() - interval '13 months'"
	recipe=$(sed -n "/'prune bot session events'/,/^[$][$]/p" docs/examples/housekeeping.sql | sed '1d; $d')
	removed=$(ask "with gone as ($recipe returning 1) select count(*) from gone")
	if [ $((removed * 144)) -ge 2000000 ]; then
		pass "pruning keeps up: $removed events at a time, 144 times a day"
	else
		fail "pruning keeps up: $removed events at a time, 144 times a day"
	fi
}

need_extension
data=$RUN_DIR/data
start_cluster "$data" fsync=off full_page_writes=off autovacuum=off

tests=()
for file in test/sql/*.sql; do
	name=$(basename "$file" .sql)
	if [ -n "${differs[$name]:-}" ]; then skip "partitioned $name: ${differs[$name]}"; else tests+=("$name"); fi
done
for name in "${!differs[@]}"; do
	[ -e "test/sql/$name.sql" ] || fail "$name has an entry here and no file"
done
for edition in c plpgsql; do
	if ! partitioned_database "partitioned_$edition" "$edition"; then
		fail "partitioned $edition: the migration adopts the table"
		continue
	fi
	run_step "partitioned $edition" env PGOPTIONS="-c botsession.edition=$edition" \
		"$(dirname "$("$PG_CONFIG" --pgxs)")/../test/regress/pg_regress" --inputdir=test --bindir="$("$PG_CONFIG" --bindir)" \
		--use-existing --dbname="partitioned_$edition" --host="$PGHOST" --user=postgres "${tests[@]}"
done

say "the numbers of $page"
numbers

finish
