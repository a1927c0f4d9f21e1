#!/usr/bin/env bash
# pg_upgrade 15 to 17, 17 to 18 and 15 to 18, and a dump of 15 restored into 18
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=test/setup/common.sh
. "$tree/test/setup/common.sh"
# shellcheck source=test/setup/results.sh
. "$tree/test/setup/results.sh"

# Outside: where the servers can be had side by side.
if [ "${1:-}" != inside ]; then
	# shellcheck source=test/setup/chroot.sh
	. "$tree/test/setup/chroot.sh"
	if need_chroot servers; then
		run_script upgrade "${IN_CHROOT[@]}" postgres bash test/parts/upgrade.sh inside
	else
		skip "upgrade: $NEED_REASON"
	fi
	finish
	exit
fi

# shellcheck source=test/setup/cluster.sh
. "$tree/test/setup/cluster.sh"
cd "$tree"
export PGHOST=/tmp PGOPTIONS='-c client_min_messages=warning' LC_ALL=C.UTF-8
system_path=$PATH
trap stop_all_clusters EXIT

use_version() { PATH=/usr/lib/postgresql/$1/bin:$system_path; }

# Two servers never run at the same time, so that one port serves all. Checksums, which 18 has by default,
# have to be the same on both sides.
make_cluster() {
	local checksums=()
	use_version "$1"
	if [ "$1" -ge 18 ]; then checksums=(--no-data-checksums); fi
	initdb --pgdata="$2" --username=postgres --auth=trust --encoding=UTF8 --no-sync --no-instructions "${checksums[@]}" >/dev/null
	printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '/tmp'" "timezone = 'UTC'" >>"$2/postgresql.conf"
}

sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$@"; }

fill_cluster() {
	local edition
	sql postgres -c 'create role service_role bypassrls; create role anon; create role authenticated; create role regress_bot'
	for edition in c plpgsql; do
		sql postgres -c "create database bots_$edition"
		PGOPTIONS="$PGOPTIONS -c botsession.edition=$edition" sql "bots_$edition" -f sql/create_bot_sessions.sql >/dev/null
		sql "bots_$edition" >/dev/null <<-'SQL'
			alter table bot_sessions add column dropped text default 'gone', add column phone text default '123';
			alter table bot_sessions drop column dropped;
			create index on bot_sessions (phone);
			grant select on bot_sessions to regress_bot;
			grant execute on function bot_session_overview to regress_bot;
			create policy regress_bot on bot_sessions to regress_bot using (session_id like 'bot%');
			select bot_session_start('bot' || i) from generate_series(1, 100) as i;
			select bot_session_touch('bot' || i, repeat(md5(i::text), i * 10), qr_data => 'code ' || i) from generate_series(1, 50) as i;
			select bot_session_end('bot' || i, reason => 'logout') from generate_series(1, 10) as i;
			select bot_session_start('leased' || i, worker => 'worker1', ttl => '1 day') from generate_series(1, 5) as i;
			delete from bot_sessions where session_id = 'bot7';
			select bot_session_save('bot' || i, jsonb_build_object('creds', jsonb_build_object('creds', repeat(md5(i::text), i)),
				'session', jsonb_build_object('a:' || i, '', '__proto__', 'x'))) from generate_series(51, 100) as i;
			select bot_session_save(session_id, jsonb_build_object('creds', jsonb_build_object('creds', 'of ' || session_id)), fence) from bot_session_leases;
		SQL
	done
}

# All rows, and what users and the migration have set up around them.
contents() {
	local edition
	for edition in c plpgsql; do
		sql "bots_$edition" <<-'SQL'
			select s from bot_sessions s order by session_id collate "C";
			select e from bot_session_events e order by event_id;
			select l from bot_session_leases l order by session_id collate "C";
			select d from bot_session_data d order by session_id collate "C", kind, key;
			select tgrelid::regclass::text, tgname, tgenabled, tgfoid::regprocedure from pg_trigger where not tgisinternal order by 1, 2;
			select relname, relrowsecurity, grantee::regrole::text, string_agg(privilege_type, ', ' order by privilege_type)
			from pg_class, aclexplode(relacl) where relname like 'bot\_session%' and grantee <> relowner group by 1, 2, 3 order by 1, 3;
			select p.oid::regprocedure, lanname, proacl, obj_description(p.oid, 'pg_proc')
			from pg_proc p join pg_language l on l.oid = prolang where proname like 'bot\_session%' order by p.oid::regprocedure::text;
			select polrelid::regclass::text, polname, polroles::regrole[], pg_get_expr(polqual, polrelid) from pg_policy order by 1, 2;
			select indexdef from pg_indexes where schemaname = 'public' order by 1;
			select extname, extversion, extnamespace::regnamespace from pg_extension order by 1;
		SQL
	done
}

# Everything works, ids and fences go on, and the way without a statement is taken again.
functions_work() {
	local edition
	for edition in c plpgsql; do
		sql "bots_$edition" <<-'SQL'
			begin;
			select status, previous_status, length(last_message), qr_data from bot_session_start('bot20');
			select status, previous_status from bot_session_start('bot3');
			select qr_data from bot_session_touch('bot20', qr_data => 'new code');
			select session_id, qr_data from bot_session_touch_many('[{"session_id": "bot21", "qr_data": ""}, {"session_id": "bot7"}]');
			select status from bot_session_end('bot20', reason => 'why');
			select fence > (select max(fence) from bot_session_leases) from bot_session_start('new', worker => 'worker2');
			select session_id from bot_session_renew((select jsonb_object_agg(session_id, fence) from bot_session_leases where session_id = 'leased1'));
			select session_id from bot_session_release((select jsonb_object_agg(session_id, fence) from bot_session_leases where session_id = 'leased1'));
			select session_id, worker from bot_session_claim('worker3', 1);
			select bot_session_load('bot60', '{"session": null}');
			select bot_session_save('bot60', '{"session": {"a:60": "new", "__proto__": null}}');
			select bot_session_save_many((select jsonb_agg(jsonb_build_object('session_id', session_id, 'fence', fence, 'data', jsonb_build_object('creds', null)))
				from bot_session_leases where session_id = 'leased2'));
			select bot_session_forget('bot61');
			select length(bot_session_load('bot62')::text);
			select state, count(*) from bot_session_overview() group by state order by state;
			select session_id, event, reason from bot_session_events order by event_id desc limit 8;
			rollback;
		SQL
	done
}

works='active|active|6400|code 20
active|inactive
new code
bot21|
bot7|
inactive
t
leased1
leased1
leased1|worker3
{ "session" : { "__proto__" : "x", "a:60" : "" } }
2
[{"changed": 1, "session_id": "leased2"}]
3'

same() {
	local name=$1
	if diff "$2" "$3" >/tmp/diff; then
		pass "$name"
	else
		fail "$name"
		head -n 20 /tmp/diff | cut -c 1-200
	fi
}

# check_cluster NAME: the server that runs holds what the first one held, and its functions do the same.
check_cluster() {
	contents >/tmp/contents.new
	same "$1: every row, grant, policy and trigger is the same" /tmp/contents /tmp/contents.new
	functions_work >/tmp/functions.new
	same "$1: the functions do the same" /tmp/functions /tmp/functions.new
	if [ "$(sql bots_c -c "begin; set client_min_messages = debug1; select bot_session_touch('bot50'); rollback" 2>&1 | grep -c 'no direct access')" -eq 0 ]; then
		pass "$1: without a statement"
	else
		fail "$1: direct access steps aside"
	fi
}

for version in 15 17 18; do
	use_version "$version"
	make -s clean with_llvm=no PG_CONFIG="$(command -v pg_config)"
	if make -s install with_llvm=no PG_CONFIG="$(command -v pg_config)" >/tmp/make.log 2>&1; then continue; fi
	tail -n 20 /tmp/make.log
	fail "build for $version"
	finish
	exit 1
done

make_cluster 15 /tmp/first
start_cluster /tmp/first
fill_cluster
contents >/tmp/contents
functions_work >/tmp/functions
if [ "$(head -n 14 /tmp/functions)" = "$works" ]; then
	pass '15: the functions work'
else
	fail '15: the functions work'
	cat /tmp/functions
fi
use_version 18
pg_dumpall >/tmp/dump.sql
use_version 15
stop_cluster /tmp/first

make_cluster 18 /tmp/restored
start_cluster /tmp/restored
# Its superuser is there already, and says so
psql -Xq -d postgres -f /tmp/dump.sql 2>&1 >/dev/null | grep -v 'role "postgres" already exists' >/tmp/restore.errors || true
same 'dump of 15 restored into 18: no error' /dev/null /tmp/restore.errors
check_cluster 'dump of 15 restored into 18'
stop_cluster /tmp/restored

# upgrade FROM DATADIR TO: pg_upgrade leaves the old cluster as it is.
upgrade() {
	local name="$1 to $3" new=/tmp/from_$1_to_$3
	make_cluster "$3" "$new"
	mkdir -p /tmp/work
	if ! (cd /tmp/work && pg_upgrade --old-bindir="/usr/lib/postgresql/$1/bin" --new-bindir="/usr/lib/postgresql/$3/bin" \
		--old-datadir="$2" --new-datadir="$new" --username=postgres --socketdir=/tmp) >/tmp/upgrade.log 2>&1; then
		tail -n 30 /tmp/upgrade.log
		fail "pg_upgrade $name"
		return
	fi
	pass "pg_upgrade $name"
	start_cluster "$new"
	check_cluster "pg_upgrade $name"
	stop_cluster "$new"
}

upgrade 15 /tmp/first 17
upgrade 17 /tmp/from_15_to_17 18
upgrade 15 /tmp/first 18
finish
