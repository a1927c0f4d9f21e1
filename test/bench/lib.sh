# shellcheck shell=bash
# What the benchmark's scripts share; source it in a run, after cluster.sh.
#
#	start_server			a server with the settings of one that does real work
#	pin_server, free_server		new connections run on CPU $CPU alone, or wherever they like
#	script NAME SQL			what a transaction of case NAME is; more than one: chosen at random
#	measure DB NAME CALLS [OPTION...]	runs a case in one connection, client and server on one CPU
#	collect_samples DB...		appends what was measured to samples.csv
#	step TEXT			the progress line
#
# In a script :bot is the id of one of :sessions sessions. CPU time is the backend's own, by the
# nanosecond clock of the kernel's scheduler; WAL is what the whole server wrote meanwhile.

bench_data=$RUN_DIR/data
scripts=$RUN_DIR/scripts
results=$RUN_DIR/results
mkdir -p "$scripts" "$results"

# The last CPU that we may use: the first one is where most interrupts go.
CPU=$(taskset -cp $$ | sed 's/.*[^0-9]//')
ALL_CPUS=$(taskset -cp $$ | sed 's/.*: //')

# Calls before the measuring starts, half as many as are measured where those are few: caches fill.
warm_up=300

round=1
pinned=()

step() {
	local line="$SECONDS s: $*"
	if [ -t 1 ]; then printf '\r\033[K%s' "$line"; else printf '%s\n' "$line"; fi
}
step_done() { [ ! -t 1 ] || printf '\r\033[K'; }

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

start_server() {
	local buffers
	buffers=$(awk '/^MemTotal/ { mb = int($2 / 4096); print (mb < 1024 ? mb : 1024) "MB" }' /proc/meminfo)
	start_cluster "$bench_data" shared_buffers="$buffers" max_wal_size=4GB checkpoint_timeout=15min \
		checkpoint_completion_target=0.9 autovacuum=on fsync=off "$@"
	createdb bench
	export PGDATABASE=bench
}

postmaster() { head -n 1 "$bench_data/postmaster.pid"; }
pin_server() { taskset -cp "$CPU" "$(postmaster)" >/dev/null; }
free_server() { taskset -cp "$ALL_CPUS" "$(postmaster)" >/dev/null; }

# make_database NAME EDITION: our tables, by the migration, and those for the measuring
make_database() {
	createdb "$1"
	PGOPTIONS="-c client_min_messages=warning -c botsession.edition=$2" \
		psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f sql/create_bot_sessions.sql >/dev/null
	sql -d "$1" -c 'create table bench_sample (name text, round int, calls bigint, cpu_us float8, wal_bytes float8, latency_us float8, memory_bytes bigint, rss_kb bigint)'
}

# What a message says, of one length whatever two digits it names
message() { printf 'Is the shop at %s High Street still open this time of day?' "$1"; }

# fill DB SESSIONS QR TABLE...: sessions :bot, as if they had been there for long: rows as long as they will be, with that
# QR code where it is not empty, and without the audit trail of it
fill() {
	local db=$1 sessions=$2 qr=$3 table
	shift 3
	for table in "$@"; do
		sql -d "$db" -c 'set session_replication_role = replica' -c "truncate $table cascade" \
			-c "insert into $table (session_id, last_message, qr_data)
				select 5511900000000 + n, '$(message 00)', nullif('$qr', '')
				from generate_series(1, $sessions) n" \
			-c "vacuum (analyze) $table"
	done
}

script() {
	local name=$1 number=0 statement
	shift
	rm -rf "${scripts:?}/$name"
	mkdir -p "$scripts/$name"
	for statement in "$@"; do
		number=$((number + 1))
		[[ $statement == *'\endif' ]] || statement+=';'
		cat >"$scripts/$name/$number.sql" <<SQL
\\set i :i + 1
\\set bot 5511900000000 + random(1, :sessions)
\\if :i = 1 or :i = :first
select (select sum(total_bytes) from pg_backend_memory_contexts) as memory,
  substring(pg_read_file('/proc/self/status') from 'RssAnon:\\s*([0-9]+)') as rss \\gset
select split_part(pg_read_file('/proc/self/schedstat'), ' ', 1) as cpu,
  pg_current_wal_insert_lsn() as wal, clock_timestamp() as clock \\gset
\\endif
$statement
\\if :i = :last
\\set n :last - :first + 1
select split_part(pg_read_file('/proc/self/schedstat'), ' ', 1) as cpu_after,
  pg_current_wal_insert_lsn() as wal_after, clock_timestamp() as clock_after \\gset
select (select sum(total_bytes) from pg_backend_memory_contexts) as memory_after,
  substring(pg_read_file('/proc/self/status') from 'RssAnon:\\s*([0-9]+)') as rss_after \\gset
insert into bench_sample
select :name, :round::int, :n::bigint,
  (:cpu_after::float8 - :cpu::float8) / 1000 / :n::float8,
  (:wal_after::pg_lsn - :wal::pg_lsn) / :n::float8,
  extract(epoch from :clock_after::timestamptz - :clock::timestamptz) * 1000000 / :n::float8,
  :memory_after::bigint - :memory::bigint, :rss_after::bigint - :rss::bigint;
\\endif
SQL
	done
}

# run_case DB NAME CLIENT_OPTION...: pgbench with all scripts of a case
run_case() {
	local db=$1 name=$2 file files=()
	shift 2
	for file in "$scripts/$name"/*.sql; do files+=(-f "$file"); done
	"${pinned[@]}" pgbench --no-vacuum --protocol=prepared -D i=0 -D name="$name" -D round="$round" -D first=0 -D last=0 \
		"${files[@]}" "$@" "$db" 2>"$RUN_DIR/pgbench.err" ||
		{ tail -n 5 "$RUN_DIR/pgbench.err" >&2; die "pgbench failed in case $name"; }
}

measure() {
	local db=$1 name=$2 first=$((($3 < 2 * warm_up ? $3 / 2 : warm_up) + 2)) last
	last=$((first + $3 - 1))
	shift 3
	pinned=(taskset -c "$CPU")
	run_case "$db" "$name" --transactions="$last" -D first="$first" -D last="$last" "$@" >/dev/null
	pinned=()
}

collect_samples() {
	local db
	for db in "$@"; do
		sql -d "$db" -c "copy bench_sample to stdout csv" -c 'truncate bench_sample' >>"$results/samples.csv"
	done
}
