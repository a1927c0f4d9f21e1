# shellcheck shell=bash disable=SC2016,SC2034
# Servers built from the archive's source, with what no package has: assertions, valgrind's marks, injection
# points. Sourced by common.sh where a script sets, before it calls enter_run,
#
#	server_from_source=NAME		of the list in need_built_server
#
# and then PG_CONFIG is that server's, and PG_TREE has valgrind.supp and pgindent of its sources as well. It is kept
# in the cache by its version and options. Where it cannot be had, the script skips aloud.

# Where the machine gets Debian from, be it a mirror or a proxy's own address.
archive_address() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1
}

# apt_apart DIR apt-get|apt-cache ...: with sources and state of its own, as the ordinary user; /etc/apt stays
# as it is.
apt_apart() {
	as_user "$2" -o Dir::Etc::sourcelist="$1/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$1/lists" -o Dir::Cache="$1/cache" -o Dir::State::status=/var/lib/dpkg/status \
		-o Acquire::Check-Valid-Until=false "${@:3}" 2>&1
}

list_sources() {
	local suite=$1 options=
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	if [ -e "$keyring" ]; then options="[signed-by=$keyring] "; fi
	if [ -n "$suite" ]; then
		printf 'deb-src %s%s %s main\n' "$options" "$(archive_address)" "$suite"
	else
		apt-get indextargets --format "deb-src $options"'$(REPO_URI) $(RELEASE) main' \
			'Created-By: Packages' 'Origin: Debian' 'Component: main'
	fi
}

build_server() {
	local work=$1 optimization=$2 macros=$3
	shift 3
	as_user sh -ec 'cd "$1" && major=$2 optimization=$3 macros=$4 && shift 4
		# Called from a make, PostgreSQL would take itself for a part of it, and leave out the generated headers.
		unset MAKELEVEL MAKEFLAGS MFLAGS
		mkdir source tree
		tar -C source --strip-components=1 -xf postgresql-*.orig.tar.*
		cd source
		./configure --prefix="/usr/lib/postgresql/$major" --enable-debug --enable-cassert --enable-tap-tests \
			--without-readline --without-zlib --without-icu CFLAGS="$optimization -fno-omit-frame-pointer" CPPFLAGS="$macros" "$@"
		make -s -j "$(nproc)"
		tree=$PWD/../tree
		make -s install DESTDIR="$tree"
		for extra in src/tools/pg_bsd_indent src/test/modules/injection_points; do
			if [ -d "$extra" ]; then make -s -C "$extra" install DESTDIR="$tree"; fi
		done
		cp -r src/tools/pgindent src/tools/valgrind.supp "$tree"' - "$work" "$PG_MAJOR" "$optimization" "$macros" "$@" >"$work.log" 2>&1
}

# Sets PG_TREE and PG_MAJOR, or returns 1 with NEED_REASON.
need_built_server() {
	local name=$1 suite='' optimization=-O2 work version built lock
	case $name in
		# The machine's own release.
		valgrind)
			optimization=-Og
			set -- -DUSE_VALGRIND
			;;
		checked)
			suite=sid PG_MAJOR=18
			set -- '-DRELCACHE_FORCE_RELEASE -DCATCACHE_FORCE_RELEASE' --enable-injection-points
			;;
		*) die "nobody knows how to build a server $name" ;;
	esac
	: "${PG_MAJOR:=$(default_major)}"
	PG_TREE=$BOTSESSION_CACHE/server-$name
	work=$PG_TREE.new
	as_user touch "$PG_TREE.lock"
	exec {lock}<"$PG_TREE.lock"
	take_lock "$lock" "the server $name"
	built=$(cat "$PG_TREE/built" 2>/dev/null) || true
	need_packages gcc libc6-dev make perl libipc-run-perl tzdata bison flex bzip2 || return 1
	if [ -z "$(archive_address)" ]; then apt_update || true; fi
	as_user rm -rf "$work"
	as_user mkdir -p "$work/lists/partial" "$work/cache"
	list_sources "$suite" | as_user tee "$work/sources.list" >/dev/null
	apt_apart "$work" apt-get update >/dev/null || true
	# Newest first; a mirror may list what it does not have (yet), and without a network the cache will do.
	for version in $(apt_apart "$work" apt-cache showsrc --only-source "postgresql-$PG_MAJOR" |
		sed -n 's/^Version: //p' | sort -rV) ${built%% *}; do
		if [ "$version $*" = "$built" ]; then
			as_user rm -rf "$work"
			exec {lock}<&-
			return
		fi
		(cd "$work" && apt_apart . apt-get source --download-only --tar-only "postgresql-$PG_MAJOR=$version" >/dev/null) ||
			continue
		say "building PostgreSQL $version $*"
		if ! build_server "$work" "$optimization" "$@"; then
			NEED_REASON="PostgreSQL $version did not build: $(tail -n 2 "$work.log" | xargs)"
			return 1
		fi
		as_user tee "$work/tree/built" <<<"$version $*" >/dev/null
		as_user rm -rf "$PG_TREE"
		as_user mv "$work/tree" "$PG_TREE"
		as_user rm -rf "$work" "$work.log"
		exec {lock}<&-
		return
	done
	NEED_REASON="the source of postgresql-$PG_MAJOR cannot be had from the archive"
	return 1
}
