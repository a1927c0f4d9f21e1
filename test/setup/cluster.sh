# shellcheck shell=bash
# Private PostgreSQL servers of a run; source it after common.sh, or alone in a test that check.sh runs
# (PATH and PGHOST are set there; then also: trap stop_all_clusters EXIT).
#
#	start_cluster DATADIR [SETTING=VALUE...]	creates it where it is not there yet, starts it, and sets
#					PGPORT and PGUSER (CLUSTER_SUPERUSER, default postgres) for it. A second
#					server at the same time needs another port=; TCP needs listen_addresses=
#	stop_cluster DATADIR [MODE]	fast by default; nothing happens where none is running
#	kill_cluster DATADIR		kill -9 of the server and all its processes, as a crash would end it
#	cluster_is_running DATADIR
#	stop_all_clusters		those that this shell started
#
# The log is DATADIR.log; its end is shown where the server does not start. No password is asked: the
# socket's folder, which only its owner may enter, is the lock.

clusters=()

cluster_is_running() { pg_ctl --pgdata="$1" status >/dev/null 2>&1; }

start_cluster() {
	local data=$1 setting
	shift
	export PGPORT=5432 PGUSER=${CLUSTER_SUPERUSER:-postgres}
	if [ ! -e "$data/PG_VERSION" ]; then
		mkdir -p "$(dirname "$data")"
		initdb --pgdata="$data" --username="$PGUSER" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions \
			>"$data.log" 2>&1 || { tail -n 20 "$data.log" >&2; return 1; }
		printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$PGHOST'" \
			"timezone = 'UTC'" "log_timezone = 'UTC'" >>"$data/postgresql.conf"
	fi
	for setting in "$@"; do
		printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}" >>"$data/postgresql.conf"
	done
	clusters+=("$data")
	if ! pg_ctl --pgdata="$data" --log="$data.log" --wait start >/dev/null 2>&1; then
		tail -n 20 "$data.log" >&2
		return 1
	fi
	PGPORT=$(sed -n 4p "$data/postmaster.pid")
}

stop_cluster() {
	if cluster_is_running "$1"; then
		pg_ctl --pgdata="$1" --mode="${2:-fast}" --wait stop >/dev/null
	fi
}

stop_all_clusters() {
	local data
	for data in "${clusters[@]}"; do stop_cluster "$data" immediate || true; done
	clusters=()
}

# Zombies count as gone: in a container nobody may ever collect them.
is_alive() { [ -n "$(sed -n 's/.*) \([^ZX]\).*/\1/p' "/proc/$1/stat" 2>/dev/null)" ]; }

kill_cluster() {
	local data=$1 server pid pids
	server=$(head -n 1 "$data/postmaster.pid")
	# Stopped first, so that no child appears while they are counted.
	kill -STOP "$server"
	pids=$(sed -n "s/^\([0-9]*\) (.*) . $server .*/\1/p" /proc/[0-9]*/stat 2>/dev/null) || true
	# shellcheck disable=SC2086
	kill -KILL "$server" $pids
	for pid in $server $pids; do
		for _ in $(seq 1800); do
			is_alive "$pid" || continue 2
			sleep 0.1
		done
		printf 'process %s of the server did not end\n' "$pid" >&2
		return 1
	done
	# A server that starts takes a zombie's number for a live server's.
	if [ -e "/proc/$server" ]; then rm -f "$data/postmaster.pid" "$PGHOST"/.s.PGSQL.*.lock; fi
}
