#!/usr/bin/env bash
# As root in a chroot that holds hardly more than apt: installs the package that a tar archive on standard input holds, with
# all that it depends on, uses it by its migration, and takes it away again.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

ok() { if "${@:2}" >log 2>&1; then echo "ok $1"; else tail -n 20 log; echo "not ok $1"; fi; }

cd "$(mktemp -d)"
tar -x
package=$(echo postgresql-*-botsession_*.deb)
package=${package%%_*}
major=${package//[!0-9]/}
migration=/usr/share/postgresql/$major/extension/create_bot_sessions.sql

ok 'apt-get update' apt-get update
ok "apt-get install $package" apt-get --yes --no-install-recommends install ./"$package"_*.deb
ok 'the migration is there' test -f "$migration"

# Read by the shell of pg_virtualenv, in which PG* variables name the cluster.
# shellcheck disable=SC2016
ok 'the migration, a session' pg_virtualenv -v "$major" sh -euxc '
	psql -X -v ON_ERROR_STOP=1 -f "$1" | grep "^ c  *| 1\."
	[ "$(psql -XAtc "select status from bot_session_start('\''bot1'\'')")" = active ]
	[ "$(psql -XAtc "select provolatile, lanname from pg_proc p join pg_language l on l.oid = prolang
		where proname = '\''bot_session_start'\''")" = "v|c" ]' - "$migration"

# shellcheck disable=SC2016
nothing_left() {
	ok "nothing is left after $1" sh -c 'find / -xdev \( -path /botsession -o -path "$PWD" -o -path /proc -o -path /dev \) -prune \
		-o \( -name "*botsession*" -o -name "*bot_session*" \) -print >left; cat left; ! [ -s left ]'
}

# Taken away under a database that uses it; the way out is that of docs/install.md.
# shellcheck disable=SC2016
ok "apt-get remove $package, then to PL/pgSQL" pg_virtualenv -v "$major" sh -euxc '
	psql -X -v ON_ERROR_STOP=1 -f "$1" -c "select status from bot_session_start('\''bot1'\'')"
	apt-get --yes remove "$2"
	if psql -X -v ON_ERROR_STOP=1 -c "update bot_sessions set last_message = '\''hello'\''"; then exit 1; fi
	PGOPTIONS="-c botsession.edition=plpgsql" psql -X -v ON_ERROR_STOP=1 -f /botsession/sql/create_bot_sessions.sql
	[ "$(psql -XAtc "select previous_status from bot_session_start('\''bot1'\'')")" = active ]' - "$migration" "$package"
nothing_left remove
ok "apt-get install $package again" apt-get --yes --no-install-recommends install ./"$package"_*.deb
ok "apt-get purge $package" apt-get --yes purge "$package"
nothing_left purge
