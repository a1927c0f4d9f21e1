# shellcheck shell=bash disable=SC2016
# Servers that this machine's own release does not have, in a Debian made by mmdebstrap from the archive
# that the machine takes its packages from. Source it after common.sh, in a script that has not called
# enter_run; what runs inside may call it.
#
#	need_chroot NAME	makes it, or takes it from the cache; sets the array IN_CHROOT. Where it cannot be
#				had, returns 1 with the reason in $NEED_REASON. NAME is one of
#					servers		15, 17 and 18 of the machine's own architecture, and pgbouncer
#					servers-next	19, which is not released yet
#					servers-i386	15, 32 bits
#					bare-SUITE	that release of Debian, with nothing but apt
#					packaging-SUITE	with what builds and tests packages there
#	"${IN_CHROOT[@]}" USER COMMAND...	runs it there as root, nobody or postgres, in a copy of the sources
#				and with a clean environment
#	pg_config_of MAJOR	where its pg_config is inside
#
# Whatever a command writes lies in memory and is gone when it ends, and so are its mounts and the
# processes it left: the next one finds the chroot as it was made. Everybody in there may `make install`.
# Root is needed, or user namespaces with a range of subordinate ids (/etc/subuid).

# shellcheck source=test/setup/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
# shellcheck source=test/setup/source.sh
. "$(dirname "${BASH_SOURCE[0]}")/source.sh"

pg_config_of() { printf '/usr/lib/postgresql/%d/bin/pg_config' "$1"; }

# make_chroot DIR ARCHITECTURE CONTENT SUITE... (the first one gives everything that others lack); CONTENT is bare,
# packaging, or majors of servers and names of packages: MAJOR,...,NAME,...
make_chroot() {
	local dir=$1 architecture=$2 content=$3 archive name output pins='' options=() sources=()
	local packages=make,gcc,libc6-dev,libipc-run-perl downloads=libpq-dev
	shift 3
	need_command mmdebstrap mmdebstrap || return 1
	if [ "$architecture" != "$(dpkg --print-architecture)" ]; then need_command arch-test arch-test || return 1; fi
	archive=$(archive_address)
	if [ -z "$archive" ] && apt_update; then archive=$(archive_address); fi
	if [ -z "$archive" ]; then
		NEED_REASON="apt knows no archive of Debian"
		return 1
	fi
	mapfile -t sources < <(printf "deb $archive %s main\n" "$@")
	mapfile -t options < <(apt-config dump | grep -i '^Acquire::.*::Proxy')
	options=("${options[@]/#/--aptopt=}")
	case $content in
		bare) ;;
		packaging) options+=('--include=build-essential,debhelper,postgresql-server-dev-all,lintian,autopkgtest') ;;
		*)
			# As packages, the development files would drag in all of LLVM.
			for name in ${content//,/ }; do
				case $name in
					[0-9]*)
						# From a suite that apt takes nothing from by itself, as experimental
						pins+="Package: src:postgresql-$name\\nPin: release *\\nPin-Priority: 500\\n\\n"
						packages+=,postgresql-$name
						downloads+=" postgresql-server-dev-$name"
						;;
					*) packages+=,$name ;;
				esac
			done
			options+=(--setup-hook="printf '$pins' >\"\$1/etc/apt/preferences.d/servers\"" --include="$packages" --customize-hook='chroot "$1" sh -ec "cd /tmp; apt-get download '"$downloads"'
				for deb in *.deb; do dpkg -x \$deb /; done; rm *.deb
				chmod a+w /usr/lib/postgresql/*/lib /usr/share/postgresql/*/extension"')
			;;
	esac
	say "making a Debian $1 ($architecture, $content)"
	# The archive's copy of a moving suite may be old. Clusters of the whole system are of no use here.
	output=$("${NAMESPACE[@]}" mmdebstrap --mode=root --variant=minbase --architectures="$architecture" \
		--aptopt='Acquire::Check-Valid-Until "false"' "${options[@]}" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-confold \
		--essential-hook='mkdir "$1/etc/postgresql-common"' \
		--essential-hook='echo create_main_cluster = false >"$1/etc/postgresql-common/createcluster.conf"' \
		"$1" "$dir" "${sources[@]}" 2>&1) || {
		NEED_REASON="mmdebstrap failed: $(grep '^E: ' <<<"$output" | tail -n 2 | xargs)"
		printf '%s\n' "$output" >&2
		return 1
	}
}

need_chroot() {
	local name=$1 tree recipe dir
	tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
	case $name in
		servers) recipe="$(dpkg --print-architecture) 15,17,18,pgbouncer sid trixie bookworm" ;;
		servers-next) recipe="$(dpkg --print-architecture) 19 sid experimental" ;;
		servers-i386) recipe='i386 15 bookworm' ;;
		bare-* | packaging-*) recipe="$(dpkg --print-architecture) ${name%%-*} ${name#*-}" ;;
		*) die "there is no chroot $name" ;;
	esac
	IN_CHROOT=() NAMESPACE=(unshare --mount --propagation private --pid --fork --kill-child)
	if [ "$(id -u)" -ne 0 ]; then NAMESPACE+=(--map-root-user --map-auto); fi
	if ! "${NAMESPACE[@]}" mount -t tmpfs tmpfs /mnt 2>/dev/null; then
		NEED_REASON='nothing can be mounted here: that takes root, or user namespaces with a range in /etc/subuid'
		return 1
	fi
	choose_user
	(make_cache) || return 1
	dir=$BOTSESSION_CACHE/chroot-$name
	exec 7>"$dir.lock"
	take_lock 7 "the chroot $name"
	# A week old it is made anew, if that can be done.
	if [ "$recipe" != "$(cat "$dir/made" 2>/dev/null)" ] || [ -n "$(find "$dir/made" -mtime +6)" ]; then
		"${NAMESPACE[@]}" rm -rf "$dir.new"
		# shellcheck disable=SC2086
		if make_chroot "$dir.new" $recipe; then
			"${NAMESPACE[@]}" sh -c 'printf "%s\n" "$2" >"$1.new/made" && rm -rf "$1" && mv "$1.new" "$1"' - "$dir" "$recipe"
		elif [ "$recipe" = "$(cat "$dir/made" 2>/dev/null)" ]; then
			printf 'could not make a newer one: %s\n' "$NEED_REASON" >&2
		else
			return 1
		fi
	fi
	exec 7>&-
	IN_CHROOT=("${NAMESPACE[@]}" bash "$tree/test/setup/in_chroot.sh" "$dir")
	if ! NEED_REASON=$("${IN_CHROOT[@]}" root true 2>&1); then return 1; fi
}
