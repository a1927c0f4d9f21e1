#!/usr/bin/env bash
# make bench-data: what it costs to save and load what bots log in with, against the bare statements on the same table.
#
#	data.sh full|quick [CASE...]		prints the tables; these cases alone, patterns as '*save_1'
#	ONLY='cpu table' data.sh quick		these parts alone: cpu instructions table rates
#	ONLY=table data.sh full SETTING...	with these storage parameters, one run for each
#
# Each case has an empty statement with the same parameters, whose cost is taken off: reading a JSON argument is not
# what is compared. The server is a private one, as in make check.

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
enter_run "$0" "$@"
# shellcheck source=test/bench/lib.sh
. test/bench/lib.sh

mode=${1:-full}
case $mode in
quick) rounds=3 calls=1500 table_saves=10000 rate_rounds=2 rate_seconds=2 ;;
full) rounds=7 calls=4000 table_saves=100000 rate_rounds=5 rate_seconds=4 ;;
*) die "quick or full, not $mode" ;;
esac

wanted() { [[ " ${ONLY:-$1} " == *" $1 "* ]]; }

# ------------------------------------------------------------------------------------------------
# The cases
# ------------------------------------------------------------------------------------------------

cases=() cases_wanted=('*')
declare -A database divided sessions

# add_case NAME DATABASE SESSIONS DIVIDED PARAMETERS STATEMENT
#
# DIVIDED: so many times fewer calls. PARAMETERS: NAME::TYPE..., columns of table given, whose two rows are given in turn,
# so that each call changes something.
add_case() {
	local name=$1 parameter columns='' empty='' pattern
	for pattern in "${cases_wanted[@]}"; do
		# shellcheck disable=SC2053
		if [[ $name == $pattern ]]; then break; fi
	done
	# shellcheck disable=SC2053
	[[ $name == $pattern ]] || return 0
	for parameter in $5; do
		empty="$empty${empty:+ and }:$parameter is null"
		parameter=${parameter%%::*}
		[ "$parameter" = bot ] || columns="$columns $parameter"
	done
	add_script "$name" "$2" "$3" "$4" "$columns" "$6"
	parameter=empty_${5//[^a-z]/_}
	[ -n "${database[$parameter]:-}" ] || add_script "$parameter" "$2" "$3" "$4" "$columns" "select${empty:+ where }$empty"
	printf '%s,%s\n' "$name" "$parameter" >>"$results/empties.csv"
}

add_script() {
	cases+=("$1")
	database[$1]=$2 sessions[$1]=$3 divided[$1]=$4
	in_turn "$1" "$5" "$6"
}

# in_turn NAME COLUMNS STATEMENT
in_turn() {
	local column load=('' '') statement=("$3" "$3") turn
	for turn in 0 1; do
		for column in $2; do
			load[turn]+="${load[turn]:+, }$column as ${column}_$turn"
			statement[turn]=${statement[turn]//:$column/:${column}_$turn}
		done
		[ -z "$2" ] || load[turn]="select ${load[turn]} from given where turn = $turn \\gset"
	done
	script "$1" "\\if :i = 1
${load[0]}
${load[1]}
\\endif
\\set bot 5511900000001 + :i % :sessions
\\if (:i / :sessions) % 2 = 0
${statement[0]};
\\else
${statement[1]};
\\endif"
}

add_cases() {
	local edition p big
	for edition in c plpgsql; do
		p=${edition}_
		add_case "${p}save_1" "$edition" 100 1 'bot::text one::jsonb' 'select * from bot_session_save(:bot, :one)'
		add_case "${p}save_812" "$edition" 1 200 'one_session::text pre::jsonb' \
			'select * from bot_session_save(:one_session, :pre)'
		add_case "${p}same_812" "$edition" 1 200 'one_session::text same::jsonb' \
			'select * from bot_session_save(:one_session, :same)'
		add_case "${p}new_812" "$edition" 1 200 'one_session::text new_pre::jsonb' \
			'begin; select * from bot_session_save(:one_session, :new_pre); rollback'
		add_case "${p}load_50" "$edition" 100 5 'bot::text keys::jsonb' 'select * from bot_session_load(:bot, :keys)'
		for big in 5000 15000; do
			add_case "${p}load_$big" "$edition" 1 200 '' "select * from bot_session_load('$big')"
		done
		add_case "${p}many_100" "$edition" 1 50 'many::jsonb' 'select * from bot_session_save_many(:many)'
	done
	local insert='insert into bot_session_data as d (session_id, kind, key, value, updated_at)'
	local conflict='on conflict (session_id, kind, key) do update set value = excluded.value, updated_at = clock_timestamp()'
	add_case upsert_1 c 100 1 'bot::text value::text' "$insert values (:bot, 'session', 'a.0', :value, clock_timestamp()) $conflict"
	add_case upsert_812 c 1 200 'one_session::text names::text[] vals::text[]' "$insert
		select :one_session, 'pre-key', g.key, g.value, clock_timestamp() from unnest(:names::text[], :vals::text[]) g (key, value) $conflict"
	add_case insert_812 c 1 200 'one_session::text names::text[] vals::text[]' "begin; $insert
		select :one_session, 'new', g.key, g.value, clock_timestamp() from unnest(:names::text[], :vals::text[]) g (key, value) $conflict; rollback"
	add_case select_50 c 100 5 'bot::text keys_array::text[]' "select kind, key, value from bot_session_data
		where session_id = :bot and kind = 'session' and key = any (:keys_array::text[])"
}

# 1 kB that nothing compresses, of 16 values
make_values() {
	sql -d "$1" <<-'SQL'
		create table kilobytes as
		select n, (select left(string_agg(replace(encode(sha512((n * 100 + part)::text::bytea), 'base64'), E'\n', ''), ''), 2000)
			from generate_series(1, 24) part) as value
		from generate_series(0, 15) n;
		create function kilobyte(n bigint, turn int) returns text stable
		begin atomic select left(value, 1000) from kilobytes k where k.n = (kilobyte.n + 7 * turn) % 16; end;
	SQL
}

make_data_database() {
	make_database "$1" "$1"
	make_values "$1"
	sql -d "$1" <<-'SQL'
		insert into bot_sessions (session_id) select 5511900000000 + n from generate_series(1, 100) n;
		insert into bot_sessions (session_id) values ('812'), ('5000'), ('15000');
		insert into bot_session_data (session_id, kind, key, value)
		select 5511900000000 + n, 'session', 'a.' || k, kilobyte(n + k, 1) from generate_series(1, 100) n, generate_series(0, 49) k;
		insert into bot_session_data (session_id, kind, key, value)
		select '812', kind, k, kilobyte(k, 1) from unnest('{pre-key, same}'::text[]) kind, generate_series(1, 812) k;
		insert into bot_session_data (session_id, kind, key, value)
		select big, 'session', 'a.' || k, kilobyte(k, 1) from unnest('{5000, 15000}'::int[]) big, generate_series(1, big) k;
		create table given as
		select turn, '812' as one_session, kilobyte(0, turn) as value,
			jsonb_build_object('session', jsonb_build_object('a.0', kilobyte(0, turn)))::text as one,
			(select jsonb_build_object('pre-key', jsonb_object_agg(k, kilobyte(k, turn))) from generate_series(1, 812) k)::text as pre,
			(select jsonb_build_object('same', jsonb_object_agg(k, kilobyte(k, 1))) from generate_series(1, 812) k)::text as same,
			(select jsonb_build_object('new', jsonb_object_agg(k, kilobyte(k, 1))) from generate_series(1, 812) k)::text as new_pre,
			array(select k from generate_series(1, 812) k)::text as names,
			array(select kilobyte(k, turn) from generate_series(1, 812) k)::text as vals,
			(select jsonb_build_object('session', jsonb_agg('a.' || k)) from generate_series(0, 49) k)::text as keys,
			array(select 'a.' || k from generate_series(0, 49) k)::text as keys_array,
			(select jsonb_agg(jsonb_build_object('session_id', (5511900000000 + n)::text,
				'data', jsonb_build_object('session', jsonb_build_object('a.0', kilobyte(n, turn))))) from generate_series(1, 100) n)::text as many
		from generate_series(0, 1) turn;
		vacuum (analyze);
	SQL
}

# run_data NAME CALLS [OPTION...]
measure_data() {
	local name=$1 n=$2
	measure "${database[$name]}" "$name" "$n" -D sessions="${sessions[$name]}"
}

# ------------------------------------------------------------------------------------------------
# The parts
# ------------------------------------------------------------------------------------------------

part_cpu() {
	local name
	pin_server
	for round in $(seq "$rounds"); do
		for name in "${cases[@]}"; do
			step "CPU, round $round of $rounds: $name"
			measure_data "$name" $((calls / divided[$name] + 1))
		done
	done
	round=0
	collect_samples c plpgsql
}

# Instructions of a call, in user space: of a connection with many calls less one with few, with its reading of parameters
# and its writing of results. In a server that runs under callgrind, whose processes each write their count at their end.
part_instructions() {
	local name n count=() pid file
	if ! command -v valgrind >/dev/null; then
		say 'skipped: instruction counts: no valgrind'
		return
	fi
	stop_cluster "$bench_data"
	mkdir -p "$RUN_DIR/callgrind"
	(exec valgrind --tool=callgrind --trace-children=yes --callgrind-out-file="$RUN_DIR/callgrind/%p" \
		"$(type -P postgres)" -D "$bench_data" -c autovacuum=off >"$RUN_DIR/valgrind" 2>&1) &
	until psql -X -q -c 'select' >/dev/null 2>&1; do sleep 1; done
	sleep 1
	for name in "${cases[@]}"; do
		step "instructions: $name"
		for n in 20 60; do
			[ "${divided[$name]}" -lt 10 ] || n=$((n / 10))
			# Caches are filled by then: the first calls make a plan for the values they have, the sixth one for all.
			n=$((n + 10))
			rm -f "$RUN_DIR"/callgrind/*
			run_case "${database[$name]}" "$name" --transactions=$n -D sessions="${sessions[$name]}" >/dev/null
			# pgbench has a connection of its own besides the client's, which counts less.
			for _ in $(seq 300); do
				[ "$(cat "$RUN_DIR"/callgrind/* 2>/dev/null | grep -c '^totals: ')" -lt 2 ] || break
				sleep 0.2
			done
			count[n]=$(sed -n 's/^totals: \([0-9]*\).*/\1/p' "$RUN_DIR"/callgrind/* | sort -n | tail -n 1)
			[ -n "${count[n]}" ] || die "no count of instructions of case $name"
		done
		if [ "${divided[$name]}" -lt 10 ]; then
			n=$(((count[70] - count[30]) / 40))
		else
			n=$(((count[16] - count[12]) / 4))
		fi
		printf '%s,%d\n' "$name" "$n" >>"$results/instructions.csv"
	done
	pg_ctl --pgdata="$bench_data" --mode=immediate --wait stop >/dev/null
	wait || true
	start_cluster "$bench_data"
}

# 500 saves a second over 1,000 keys, of values between 1 and 2 kB
part_table() {
	local size="select pg_relation_size('bot_session_data') as heap, pg_table_size(reltoastrelid) as toast from pg_class where oid = 'bot_session_data'::regclass"
	step "$table_saves saves, 500 a second${1:+, $1}"
	free_server
	dropdb --if-exists table 2>/dev/null
	make_database table c
	make_values table
	sql -d table ${1:+-c "alter table bot_session_data set ($1)"}
	sql -d table <<-'SQL'
		insert into bot_sessions (session_id) select n from generate_series(1, 50) n;
		insert into bot_session_data (session_id, kind, key, value)
		select n, 'session', 'a.' || k, (select left(value, 1000 + (n * 20 + k) % 1000) from kilobytes v where v.n = k % 16)
		from generate_series(1, 50) n, generate_series(1, 20) k;
		vacuum (analyze);
	SQL
	sql -d table -c "create table size_before as $size"
	cat >"$RUN_DIR/table.sql" <<-'SQL'
		\set bot random(1, 50)
		\set key random(1, 20)
		\set n random(0, 15)
		\set bytes random(1000, 2000)
		select f.* from kilobytes v cross join lateral bot_session_save(:bot::text,
			jsonb_build_object('session', jsonb_build_object('a.' || :key, left(v.value, :bytes)))) f where v.n = :n;
	SQL
	pgbench --no-vacuum --protocol=prepared --rate=500 --client=4 --transactions=$((table_saves / 4)) -f "$RUN_DIR/table.sql" table >"$RUN_DIR/table.out"
	# The statistics come when the connections have ended.
	sleep 2
	sql -d table -c "copy (
		select n_tup_hot_upd::float8 / n_tup_upd, a.heap, b.heap, a.toast, b.toast, autovacuum_count
		from pg_stat_user_tables, ($size) a (heap, toast), size_before b (heap, toast) where relname = 'bot_session_data') to stdout csv" >"$results/table.csv"
	awk -F , '{ printf "%d saves: HOT %.2f %%, heap %d kB of %d kB, toast %d kB of %d kB, %.2f times; vacuumed %d times\n",
		saves, $1 * 100, $2 / 1024, $3 / 1024, $4 / 1024, $5 / 1024, ($2 + $4) / ($3 + $5), $6 }' saves="$table_saves" "$results/table.csv"
}

part_rates() {
	local name
	free_server
	sql -c 'alter system set fsync = on' -c 'select pg_reload_conf()' >/dev/null
	for name in c_save_1 plpgsql_save_1 upsert_1; do
		sed -e 's/^.set bot .*/\\set bot 5511900000001 + :client_id/; s/^.if (:i.*/\\if :i % 2 = 0/' -i "$scripts/$name/1.sql"
	done
	for round in $(seq "$rate_rounds"); do
		for name in c_save_1 plpgsql_save_1 upsert_1; do
			step "rates, 8 clients, round $round of $rate_rounds: $name"
			run_case "${database[$name]}" "$name" --time="$rate_seconds" --client=8 --jobs=2 -D sessions=8 |
				awk -v OFS=, -v name="$name" -v round="$round" '/^tps/ { print name, round, int($3) }' >>"$results/rates.csv"
		done
	done
	round=0
	sql -c 'alter system reset fsync' -c 'select pg_reload_conf()' >/dev/null
}

build_extension
start_server autovacuum_naptime=5s
shift || true
if [ "${ONLY:-}" = table ]; then variants=("${@:-}"); else variants=(''); cases_wanted=("${@:-*}"); fi
add_cases
if [ "${ONLY:-}" != table ]; then
	for name in c plpgsql; do
		step "creating database $name"
		make_data_database "$name"
	done
fi
for part in cpu instructions table rates; do
	if wanted "$part" && [ "$part" != table ]; then "part_$part"; fi
done
if wanted table; then for variant in "${variants[@]}"; do part_table "$variant"; done; fi
for file in samples instructions table rates; do touch "$results/$file.csv"; done
step_done
(cd "$results" && psql -X -q -v ON_ERROR_STOP=1 -f "$TREE/test/bench/data.sql")
