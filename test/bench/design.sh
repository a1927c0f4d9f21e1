#!/usr/bin/env bash
# How should table bot_sessions be laid out? Measures what the migration's settings were chosen by;
# make bench-design, or these variants alone: bash test/bench/design.sh CALLS PATTERN...
#
# Each variant is a database of its own: CALLS touches, each a transaction, half of them before the
# measuring starts. Then, without any other process, instructions of a touch by callgrind.

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
enter_run "$0" "$@"
# shellcheck source=test/bench/lib.sh
. test/bench/lib.sh

calls=${1:-1000000}
shift || true
wanted=("${@:-*}")

build_extension
start_server autovacuum_naptime=10s
make_database base c
# Sixteen values of each kind, which nothing compresses: base64 of random bytes.
sql -d base <<'SQL'
create table given as
select kind, array_agg(value) as values from (
  select kind, left(string_agg(replace(encode(sha512((random()::text || part)::bytea), 'base64'), E'\n', ''), ''), size) as value
  from (values ('message', 47), ('qr', 240), ('url', 6000)) kinds (kind, size), generate_series(1, 16) copy, generate_series(1, 80) part
  group by kind, size, copy) made
group by kind;

create procedure touches(n int, sessions int, kind text) language plpgsql as $$
declare
  given text[] := (select g.values from given g where g.kind = touches.kind);
begin
  for i in 1 .. n loop
    if kind = 'message' then
      perform from bot_session_touch((5511900000001 + trunc(random() * sessions))::text, given[1 + i % 16]);
    else
      perform from bot_session_touch((5511900000001 + trunc(random() * sessions))::text, qr_data => given[1 + i % 16]);
    end if;
    commit;
  end loop;
end $$;

create procedure reads(n int, sessions int) language plpgsql as $$
declare
  bot text;
begin
  for i in 1 .. n loop
    bot := 5511900000001 + trunc(random() * sessions);
    perform status from bot_sessions where session_id = bot;
    commit;
  end loop;
end $$;
SQL

names=() kinds=() sizes=() lines=()

# measured STATEMENT CALLS: CPU in microseconds and WAL bytes of a call
measured() {
	sql -d "$db" -F ' ' <<-SQL
		select split_part(pg_read_file('/proc/self/schedstat'), ' ', 1) as cpu, pg_current_wal_insert_lsn() as wal \\gset
		$1;
		select round((split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric - :cpu) / 1000 / $2, 2),
			round((pg_current_wal_insert_lsn() - :'wal'::pg_lsn) / $2)
	SQL
}

# try NAME SESSIONS KIND QR_STORED ALTER...
try() {
	local name=$1 sessions=$2 kind=$3 stored=$4 statement pattern chosen='' before touch read
	shift 4
	for pattern in "${wanted[@]}"; do
		# shellcheck disable=SC2053
		if [[ $name == $pattern ]]; then chosen=yes; fi
	done
	[ -n "$chosen" ] || return 0
	step "$name"
	db=try${#names[@]}
	createdb --template=base "$db"
	for statement in "$@"; do sql -d "$db" -c "alter table bot_sessions $statement"; done
	sql -d "$db" -c 'set session_replication_role = replica' -c "insert into bot_sessions (session_id, last_message, qr_data)
		select 5511900000000 + n, (select values[1 + n % 16] from given where kind = 'message'),
			(select values[1 + n % 16] from given where kind = '$stored')
		from generate_series(1, $sessions) n" -c 'vacuum (analyze) bot_sessions' -c 'checkpoint'
	before=$(sql -d "$db" -c "select round(pg_relation_size('bot_sessions') / 1e6, 2)")
	measured "call touches($((calls / 2)), $sessions, '$kind')" 1 >/dev/null
	sql -d "$db" -c 'select pg_stat_reset()' >/dev/null
	touch=$(measured "call touches($((calls / 2)), $sessions, '$kind')" $((calls / 2)))
	read=$(measured "call reads(20000, $sessions)" 20000)
	sleep 1
	names+=("$name") kinds+=("$kind") sizes+=("$sessions")
	lines+=("$touch ${read% *} $(sql -d "$db" -F ' ' -c "select
		(select round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 2) from pg_stat_user_tables where relname = 'bot_sessions'),
		$before, round(pg_relation_size(oid) / 1e6, 2), round(pg_table_size(reltoastrelid) / 1e6, 2)
		from pg_class where oid = 'bot_sessions'::regclass")")
}

for sessions in 1000 100000; do
	for factor in 100 90 80 70; do
		try "fillfactor $factor, $sessions sessions, message" "$sessions" message '' "set (fillfactor = $factor)"
		try "fillfactor $factor, $sessions sessions, QR string" "$sessions" qr qr "set (fillfactor = $factor)"
		try "fillfactor $factor, $sessions sessions, message, QR stored" "$sessions" message qr "set (fillfactor = $factor)"
	done
done
for storage in 'extended pglz' 'extended lz4' 'external default' 'main pglz'; do
	alter="alter column qr_data set storage ${storage% *}, alter column qr_data set compression ${storage#* }"
	try "$storage, 1000 sessions, QR string" 1000 qr qr "$alter"
	try "$storage, 1000 sessions, data URL" 1000 url url "$alter"
	try "$storage, 1000 sessions, message, data URL stored" 1000 message url "$alter"
done
for setting in 'autovacuum_enabled = on' 'autovacuum_enabled = off' 'autovacuum_vacuum_scale_factor = 0.02' \
	'toast.autovacuum_enabled = off' 'toast.autovacuum_vacuum_scale_factor = 0.02'; do
	try "$setting, 10000 sessions, message" 10000 message qr "set ($setting)"
	try "$setting, 1000 sessions, data URL" 1000 url url "set ($setting)"
done

step_done
count() {
	printf '%s\n' "call touches(500, $2, '$3')" "$([ "$4" = 0 ] || printf 'call touches(%d, %d, '\''%s'\'')' "$4" "$2" "$3")" |
		valgrind --tool=callgrind --callgrind-out-file=/dev/null "$(type -P postgres)" --single -D "$bench_data" "$1" 2>&1 >/dev/null |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
stop_cluster "$bench_data"
printf '%-62s %8s %7s %8s %8s %8s %8s %9s %13s\n' variant 'CPU us' 'WAL B' 'read us' 'HOT %' 'MB at 0' 'MB after' 'TOAST MB' instructions
for i in "${!names[@]}"; do
	instructions=
	if command -v valgrind >/dev/null; then
		less=$(count "try$i" "${sizes[i]}" "${kinds[i]}" 0)
		instructions=$((($(count "try$i" "${sizes[i]}" "${kinds[i]}" 2000) - less) / 2000))
	fi
	# shellcheck disable=SC2086
	printf '%-62s %8s %7s %8s %8s %8s %8s %9s %13s\n' "${names[i]}" ${lines[i]} "$instructions"
done
