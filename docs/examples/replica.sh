# needs: edition c, superuser
# A replica, by a socket, since a port may be taken; commits wait for it, so that it shows them.
dir=$(mktemp -d)
pg_basebackup -D "$dir/data" -R -c fast --no-sync
pg_ctl -D "$dir/data" -o "-c listen_addresses= -c unix_socket_directories=$dir" -l "$dir/log" -w start >"$dir/out"
leave() {
	psql -q -c 'alter system reset synchronous_standby_names' -c 'select from pg_reload_conf()'
	pg_ctl -D "$dir/data" -m immediate stop >"$dir/out"
	rm -r "$dir"
}
trap leave EXIT
psql -q -c 'alter role postgres in database mydb set synchronous_commit = remote_apply' \
	-c "alter system set synchronous_standby_names = '*'" -c 'select from pg_reload_conf()'
for _ in $(seq 600); do
	[ "$(psql -At -c 'select sync_state from pg_stat_replication')" != sync ] || break
	sleep 0.1
done

PRIMARY_URL="postgresql://postgres@$PGHOST:$PGPORT/mydb" \
	REPLICA_URL="postgresql://postgres@$(sed 's|/|%2F|g' <<<"$dir"):$PGPORT/mydb" node docs/examples/replica.mjs
