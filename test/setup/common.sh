# shellcheck shell=bash
# The ground that every script under test/ stands on. Source it, then call
#
#	enter_run "$0" "$@"	prepares a run and starts the script again inside it; returns in that second life,
#				with cluster.sh, results.sh and suites.sh sourced. Commands that the script names in a
#				line "# needs: COMMAND=PACKAGE ..." are installed where they are missing, also those of
#				files in the array needs_of; server_only=yes leaves out what only tests use
#	choose_steps NAME...	before enter_run: the names that ONLY='pattern' chooses from; ends the script where it
#				matches none of them
#	chosen NAME		false where ONLY leaves it out
#	build_extension		make and make install, with every compiler message shown; ${MAKE[@]} is the
#				make to call with further targets
#	say TEXT, die TEXT	a line of progress; an error and exit
#
# A run is a folder of its own that belongs to an ordinary user and is removed at the end: a copy of
# the source tree, of the private PostgreSQL, and the data directories. So nothing appears in the
# clone, nothing stale is tested, several runs at once do not meet, and root runs neither the build
# nor the server. Inside a run these are set, and most other variables of the caller are not:
#
#	RUN_DIR			the run's folder
#	TREE			the copy of the sources in it; the working directory
#	PG_CONFIG, PG_MAJOR	the private PostgreSQL; its programs come first in PATH
#	PGHOST			the folder for unix sockets
#	npm_config_cache	where npm keeps what it downloaded between runs
#
# From outside: PG_MAJOR (default: the distribution's), BOTSESSION_CACHE (what is kept between runs),
# BOTSESSION_USER (who builds and tests when root calls), BOTSESSION_PG_CONFIG (a PostgreSQL that you
# built for tests, used in place of the private one: the extension IS installed into it),
# CC, COPT, PG_CFLAGS, SHLIB_LINK (passed to make).

set -euo pipefail

needs_of=() server_from_source='' server_only=

say() { printf '== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# shellcheck disable=SC2053
chosen() { [[ $1 == ${ONLY:-*} ]]; }

choose_steps() {
	local name
	for name in "$@"; do
		if chosen "$name"; then return; fi
	done
	die "ONLY='$ONLY' matches none of: $*"
}

# Not `postgres`: on a machine with a server of its own that user is its superuser, and a test gone
# astray could reach it.
choose_user() {
	local name home
	if [ "$(id -u)" -ne 0 ]; then
		name=$(id -un)
	elif [ -n "${BOTSESSION_USER:-}" ]; then
		name=$BOTSESSION_USER
	elif [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
		name=$SUDO_USER
	else
		name=nobody
	fi
	RUN_USER=$name
	RUN_UID=$(id -u "$name") || die "there is no user $name"
	[ "$RUN_UID" -ne 0 ] || die "PostgreSQL does not run as root: set BOTSESSION_USER to an ordinary user"
	home=$(getent passwd "$RUN_UID" | cut -d: -f6)
	AS_USER=()
	if [ "$(id -u)" -eq 0 ]; then
		AS_USER=(setpriv --reuid="$RUN_UID" --regid="$(id -g "$name")" --init-groups
			env HOME="$home" USER="$name" LOGNAME="$name")
		if [ -d "$home" ] && [ "$(stat -c %u "$home")" -eq "$RUN_UID" ]; then
			: "${BOTSESSION_CACHE:=$home/.cache/botsession}"
		else
			: "${BOTSESSION_CACHE:=/var/cache/botsession-$name}"
		fi
	fi
	: "${BOTSESSION_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/botsession}"
}

as_user() { "${AS_USER[@]}" "$@"; }

# take_lock DESCRIPTOR WHAT: runs that prepare themselves at the same time do so one after the other.
take_lock() {
	if flock --nonblock "$1"; then return; fi
	say "waiting for another run, which prepares $2"
	flock "$1"
}

make_cache() {
	# By the user where that is possible: a ~/.cache made by root would lock its owner out.
	if ! as_user mkdir -p "$BOTSESSION_CACHE" 2>/dev/null && [ "$(id -u)" -eq 0 ]; then
		install -d -o "$RUN_UID" -g "$(id -g "$RUN_USER")" "$BOTSESSION_CACHE"
	fi
	as_user test -w "$BOTSESSION_CACHE/." || die "$RUN_USER cannot write to $BOTSESSION_CACHE: set BOTSESSION_CACHE"
	# From here on no working directory that the ordinary user may not enter.
	cd "$BOTSESSION_CACHE"
	BOTSESSION_CACHE=$(pwd -P)
}

# Only what a commit would hold, so that objects built in the clone for another server never take part.
copy_tree() {
	local from=$1 to=$2 list file
	list=$(mktemp)
	# As root in somebody else's clone git refuses to look without safe.directory, and with it
	# would run what that clone's fsmonitor setting names.
	if git -C "$from" -c safe.directory='*' -c core.fsmonitor=false \
		ls-files -z --cached --others --exclude-standard >"$list.git" 2>/dev/null; then
		while IFS= read -r -d '' file; do
			if [ -e "$from/$file" ] || [ -L "$from/$file" ]; then printf '%s\0' "$file"; fi
		done <"$list.git" >"$list"
	else
		(cd "$from" && find . -name .git -prune -o \
			! -type d ! -name '*.[oa]' ! -name '*.so' ! -name '*.bc' -print0) >"$list"
	fi
	tar -C "$from" --null --no-recursion -T "$list" -cf - | as_user tar -C "$to" --no-same-owner -xf -
	rm -f "$list" "$list.git"
}

# A run that was killed outright leaves its folder behind. Its processes inherit the lock, so a
# lock that can be had means that none is left; a demo that was kept running is spared.
remove_dead_runs() {
	local dir
	for dir in run.*; do
		[ -d "$dir" ] || continue
		# shellcheck disable=SC2016
		as_user flock --nonblock "$dir/lock" sh -c 'rm -rf "$(readlink "$1/socket")" "$1"' - "$dir" || true
	done
}

# What tests started and, interrupted, did not end: servers, and programs, which have the run in their environment.
end_leftovers() {
	local file pid
	while IFS= read -r file; do stop_cluster "$(dirname "$file")" immediate || true; done < <(find "$RUN_DIR" -name postmaster.pid)
	while IFS= read -r file; do
		pid=${file//[!0-9]/}
		if [ "$pid" -ne $$ ]; then kill -KILL "$pid" 2>/dev/null || true; fi
	done < <(grep -lzsxF "RUN_DIR=$RUN_DIR" /proc/[0-9]*/environ)
}

leave_run() {
	# An impatient second Ctrl-C would leave half of it behind.
	trap '' HUP INT TERM
	end_leftovers
	cd /
	rm -rf "$PGHOST" "$RUN_DIR"
}

enter_run() {
	local script=$1 tree name environment=()
	shift

	# Not told by RUN_DIR alone, and not handed on to what is started from here: leave_run removes folders.
	if [ -n "${BOTSESSION_ENTERED:-}" ]; then
		unset BOTSESSION_ENTERED
		trap leave_run EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
		# shellcheck disable=SC2153
		cd "$TREE"
		choose_make
		# shellcheck source=test/setup/cluster.sh
		. test/setup/cluster.sh
		# shellcheck source=test/setup/results.sh
		. test/setup/results.sh
		# shellcheck source=test/setup/suites.sh
		. test/setup/suites.sh
		return
	fi

	tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
	script=$(realpath --relative-to="$tree" "$script")
	# shellcheck source=test/setup/packages.sh
	. "$tree/test/setup/packages.sh"
	# shellcheck source=test/setup/source.sh
	. "$tree/test/setup/source.sh"
	umask 022
	unset TMPDIR PGHOST RUN_DIR
	choose_user
	make_cache
	need_commands_of "$tree/$script" "${needs_of[@]/#/$tree/}"
	if [ -n "$server_from_source" ] && ! need_built_server "$server_from_source"; then
		printf 'skip %s: %s\n0 passed, 0 failed, 1 skipped\n' "$(basename "$script" .sh)" "$NEED_REASON"
		exit 77
	fi
	as_user touch lock
	exec 8<lock
	take_lock 8 PostgreSQL
	remove_dead_runs
	if [ -z "$server_from_source" ]; then need_postgresql; fi

	# In /tmp because the path of a socket may have 107 characters at most.
	trap 'rm -rf "${PGHOST:-}" "${RUN_DIR:-}"' EXIT
	RUN_DIR=$(as_user mktemp -d "$BOTSESSION_CACHE/run.XXXXXX")
	PGHOST=$(as_user mktemp -d /tmp/botsession.XXXXXX)
	as_user ln -s "$PGHOST" "$RUN_DIR/socket"
	as_user mkdir "$RUN_DIR/tree" "$RUN_DIR/home"
	as_user touch "$RUN_DIR/lock"
	exec 9<"$RUN_DIR/lock"
	flock 9
	exec 8<&-
	as_user chmod 755 "$RUN_DIR"
	copy_tree "$tree" "$RUN_DIR/tree"
	if [ -n "${BOTSESSION_PG_CONFIG:-}" ]; then
		PG_CONFIG=$BOTSESSION_PG_CONFIG
		PG_MAJOR=$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
	else
		# Hard links: make install puts new files in place of old ones, it never writes into them.
		as_user cp -al "$PG_TREE" "$RUN_DIR/postgresql"
		PG_CONFIG=$RUN_DIR/postgresql/usr/lib/postgresql/$PG_MAJOR/bin/pg_config
	fi

	# A clean environment: PGOPTIONS, MAKEFLAGS or LC_ALL of the caller would change what tests print.
	for name in TERM CI KEEP ONLY TESTS CC COPT PG_CFLAGS SHLIB_LINK http_proxy https_proxy no_proxy \
		SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS ${!BOTSESSION_@} ${!npm_config_@}; do
		if [ -n "${!name:-}" ]; then environment+=("$name=${!name}"); fi
	done
	environment+=(BOTSESSION_ENTERED=yes
		PATH="$(as_user "$PG_CONFIG" --bindir):$PATH" LD_LIBRARY_PATH="$(as_user "$PG_CONFIG" --libdir)"
		HOME="$RUN_DIR/home" USER="$RUN_USER" LOGNAME="$RUN_USER" LANG=C.UTF-8 TZ=UTC PAGER=cat PGCTLTIMEOUT=180
		npm_config_cache="$BOTSESSION_CACHE/npm" BOTSESSION_CACHE="$BOTSESSION_CACHE"
		PG_TREE="${PG_TREE:-}" RUN_DIR="$RUN_DIR" TREE="$RUN_DIR/tree" PG_CONFIG="$PG_CONFIG" PG_MAJOR="$PG_MAJOR" PGHOST="$PGHOST")
	# exec, so that a signal sent to this process reaches the one that has to clean up.
	exec "${AS_USER[@]}" env -i "${environment[@]}" bash "$RUN_DIR/tree/$script" "$@"
}

# Sets the array MAKE. No LLVM: bitcode for the just-in-time compiler would need clang of the server's version.
choose_make() {
	MAKE=(make --no-print-directory PG_CONFIG="$PG_CONFIG" with_llvm=no ${CC:+CC="$CC"} ${COPT:+COPT="$COPT"}
		${PG_CFLAGS:+PG_CFLAGS="$PG_CFLAGS"} ${SHLIB_LINK:+SHLIB_LINK="$SHLIB_LINK"})
}

# Standard error is where compilers speak; the rest is worth a look only when it fails.
build_extension() {
	say "building for $("$PG_CONFIG" --version)"
	"${MAKE[@]}" -j "$(nproc)" all >"$RUN_DIR/make.log" || { tail -n 5 "$RUN_DIR/make.log"; die "make failed"; }
	"${MAKE[@]}" install >"$RUN_DIR/install.log" || { tail -n 5 "$RUN_DIR/install.log"; die "make install failed"; }
}
