# needs: program pgbouncer
# Two connections to the server, so that clients do share them; a socket, since the port may be taken.
dir=$(mktemp -d)
echo '"postgres" ""' >"$dir/userlist.txt"
sed -e "s|port=5432|port=${PGPORT:-5432}|; s|^listen_addr = .*|unix_socket_dir = $dir|; s|scram-sha-256|trust|" \
	-e "s|/etc/pgbouncer/|$dir/|; s|^default_pool_size = .*|default_pool_size = 2|" docs/examples/pgbouncer.ini >"$dir/pgbouncer.ini"
direct=$PGOPTIONS
unset PGOPTIONS # pgbouncer refuses what it does not know at the start of a connection
pgbouncer -q "$dir/pgbouncer.ini" >"$dir/log" 2>&1 &
trap "kill -KILL $!; rm -r '$dir'" EXIT
for _ in $(seq 600); do ! psql -h "$dir" -p 6432 -c '' >"$dir/out" 2>&1 || break; sleep 0.1; done

POOLER_URL="postgresql://postgres@$(sed 's|/|%2F|g' <<<"$dir"):6432/mydb" node docs/examples/pgbouncer.mjs

export PGOPTIONS=$direct
[ "$(psql -At -c 'select count(*) from bot_sessions')" = 100 ]
[ "$(psql -At -c "select reason, count(*) from bot_session_events where event = 'ended' group by 1 order by 1" | xargs)" = 'a reason|4 |4' ]
