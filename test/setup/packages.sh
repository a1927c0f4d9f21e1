# shellcheck shell=bash
# Brings what a test needs onto a Debian or Ubuntu machine; sourced by common.sh.
#
#	need_packages RELATION...	has apt install what is missing ('gcc', 'libfoo (>= 1) | libbar'); on
#					failure returns 1 with the reason in $NEED_REASON
#	need_command COMMAND PACKAGE	the same for a command, however it came onto the machine
#	need_node			node and npm; if they cannot be had, says "skipped: ..." and returns 1
#	need_postgresql			sets PG_MAJOR and PG_TREE, an unpacked PostgreSQL of that version; or ends
#	need_commands_of FILE...	the commands, or files, that scripts ask for in a line "# needs: COMMAND=PACKAGE ...".
#					What cannot be had is only reported, in one line: the script looks itself, and skips
#
# The server's packages are unpacked, not installed: installing them creates a cluster and starts it,
# and may upgrade a server that is in use. The programs find their files relative to themselves. Their
# client library is unpacked too, for the same reason.

# shellcheck disable=SC2034
NEED_REASON=

# Names without the prefix postgresql-MAJOR-; tests use them. Left out where not available.
: "${BOTSESSION_EXTRA_DEBS=plpgsql-check pgtap cron plproxy}"

apt_updated=
apt_output=

may_install() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

# NEEDRESTART_SUSPEND: Ubuntu's needrestart would restart running services, a PostgreSQL among them.
# Several runs may want something at the same time, and of its own locks apt waits for only one.
apt_get() {
	local root=() lock status=0
	if [ "$(id -u)" -ne 0 ]; then
		root=(sudo)
		[ -t 0 ] || root+=(-n)
	fi
	as_user touch "$BOTSESSION_CACHE/apt.lock"
	exec {lock}<"$BOTSESSION_CACHE/apt.lock"
	take_lock "$lock" 'packages'
	# Services that this starts must not keep the locks.
	apt_output=$(exec {lock}<&- 8<&-
		"${root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C \
			apt-get --yes -o DPkg::Lock::Timeout=300 "$@" 2>&1) || status=$?
	exec {lock}<&-
	return "$status"
}

# Package lists are absent on a fresh machine, and out of date on an old one; once in a run is enough.
apt_update() {
	if [ -n "$apt_updated" ] || ! may_install; then return 1; fi
	apt_updated=yes
	say "apt-get update"
	apt_get update
}

missing_packages() {
	LC_ALL=C apt-get --simulate --no-install-recommends --no-remove satisfy "$1" 2>/dev/null |
		sed -n 's/^Inst \([^ ]*\).*/\1/p' | xargs
}

# Of RELATIONs the first few that apt cannot provide, for a message.
not_provided() {
	local relation
	for relation in "$@"; do
		missing_packages "$relation" >/dev/null || printf '%s\n' "${relation%% *}"
	done | sort -u | awk 'NR <= 5 { printf "%s%s", s, $0; s = ", " } END { if (NR > 5) printf " and %d more", NR - 5 }'
}

need_packages() {
	local wanted missing
	wanted=$(printf '%s, ' "$@")
	wanted=${wanted%, }
	if ! missing=$(missing_packages "$wanted"); then
		if ! apt_update || ! missing=$(missing_packages "$wanted"); then
			NEED_REASON="apt cannot provide $(not_provided "$@")"
			return 1
		fi
	fi
	[ -n "$missing" ] || return 0
	if ! may_install; then
		# Those asked for; apt finds what they depend on
		NEED_REASON="missing, and only root can install them: $(tr -s ' |,' '\n' <<<"$wanted" | grep -xF "${missing// /$'\n'}" | sort -u | xargs)"
		return 1
	fi
	say "installing $missing"
	if apt_get --no-install-recommends --no-remove satisfy "$wanted"; then return; fi
	if apt_update && apt_get --no-install-recommends --no-remove satisfy "$wanted"; then return; fi
	NEED_REASON="could not install $missing: $(printf '%s\n' "$apt_output" | tail -n 2 | xargs)"
	return 1
}

need_command() { command -v "$1" >/dev/null || need_packages "$2"; }

need_node() {
	if need_command node nodejs && need_command npm npm; then return; fi
	printf 'skipped: node and npm: %s\n' "$NEED_REASON"
	return 1
}

need_commands_of() {
	local pair reasons=() names=()
	for pair in $(grep -rhs '^# needs: ' "$@" | cut -d: -f2- | tr ' ' '\n' | sort -u); do
		command -v "${pair%%=*}" >/dev/null || [ -e "${pair%%=*}" ] || names+=("${pair#*=}")
	done
	if [ ${#names[@]} -eq 0 ] || need_packages "${names[@]}"; then return; fi
	# One that cannot be had must not keep the others away.
	if may_install; then
		for pair in "${names[@]}"; do need_packages "$pair" || reasons+=("$NEED_REASON"); done
	else
		reasons=("$NEED_REASON")
	fi
	printf 'some tests will be skipped: %s\n' "$(printf '%s; ' "${reasons[@]}" | sed 's/; $//')"
}

default_major() {
	apt-cache depends postgresql 2>/dev/null | sed -n 's/.* postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
}

# What an earlier run unpacked, for when apt knows of none, as without a network.
unpacked_major() {
	local stamp
	for stamp in "$BOTSESSION_CACHE"/postgresql-*/unpacked; do
		[ -e "$stamp" ] && basename "${stamp%/unpacked}"
	done | sed 's/.*-//' | sort -n | tail -n 1
}

# Of the connection pooler, which later tests use, with the libraries that this machine lacks.
pgbouncer_debs() { missing_packages pgbouncer | tr ' ' '\n' | grep -E '^(pgbouncer|libc-?ares|libevent)' || true; }

# Lines NAME=VERSION; fails where one that has to be there is not.
list_debs() {
	local needed=5 debs extra=
	# shellcheck disable=SC2086
	if [ -z "$server_only" ]; then extra="$(printf "postgresql-$PG_MAJOR-%s " $BOTSESSION_EXTRA_DEBS) $(pgbouncer_debs)"; fi
	# shellcheck disable=SC2086
	debs=$(LC_ALL=C apt-cache policy "postgresql-$PG_MAJOR" "postgresql-client-$PG_MAJOR" \
		"postgresql-server-dev-$PG_MAJOR" libpq-dev libpq5 $extra |
		awk '/^[^ ]/ { name = $1; sub(/:$/, "", name) }
			$1 == "Candidate:" && $2 != "(none)" { print name "=" $2 }')
	[ "$(grep -c -e '^libpq' -e "^postgresql-\(client-\|server-dev-\)\?$PG_MAJOR=" <<<"$debs")" -eq "$needed" ] &&
		printf '%s\n' "$debs"
}

# What the programs load at run time. Not: what is unpacked itself, what only the set-up of a cluster
# for the whole system uses, and LLVM, which is large and optional.
runtime_depends() {
	local deb
	for deb in "$@"; do dpkg-deb --field "$deb" Depends; done | tr ',' '\n' | sed 's/^ *//' | sort -u |
		grep -Ev '^(postgresql|lib[a-z0-9]*-dev|libpq|ssl-cert|debconf|locales|libllvm|llvm|clang|sensible-utils|$)'
}

# The lines of a list of debs that are not unpacked yet.
not_unpacked() {
	if [ -e "$PG_TREE/unpacked" ]; then grep -vxF -f "$PG_TREE/unpacked" <<<"$1"; else printf '%s\n' "$1"; fi
}

unpack_debs() {
	local new=$BOTSESSION_CACHE/unpack names=() files=() deb
	mapfile -t names < <(not_unpacked "$1")
	as_user rm -rf "$new"
	as_user mkdir -p "$new/debs" "$new/tree"
	# What only tests use comes to a server of the same version that a demo has unpacked.
	if [ ! -e "$PG_TREE/unpacked" ] || grep -q "^postgresql-$PG_MAJOR=" <(printf '%s\n' "${names[@]}"); then
		mapfile -t names <<<"$1"
	else
		as_user cp -alT "$PG_TREE" "$new/tree"
		as_user rm "$new/tree/unpacked"
	fi
	say "unpacking (not installing) ${names[*]}"
	# shellcheck disable=SC2016
	apt_output=$(as_user sh -c 'cd "$1" && shift && exec apt-get download "$@"' - "$new/debs" "${names[@]}" 2>&1) ||
		return 1
	for deb in "$new"/debs/*.deb; do as_user dpkg -x "$deb" "$new/tree" || return 1; done
	rm -rf "$new"/tree/usr/share/{doc,locale,man} "$new"/tree/usr/lib/postgresql/*/lib/{bitcode,llvmjit.so}
	mapfile -t files < <(find "$new/debs" -name 'libpq*' -o -name 'postgresql*')
	{ runtime_depends "${files[@]}"; cat "$new/tree/depends" 2>/dev/null; } | sort -u | as_user tee "$new/depends" >/dev/null
	as_user mv "$new/depends" "$new/tree/depends"
	as_user tee "$new/tree/unpacked" <<<"$1" >/dev/null
	rm -rf "$PG_TREE"
	mv "$new/tree" "$PG_TREE"
	rm -rf "$new"
}

need_postgresql() {
	local debs depends=()
	command -v apt-get >/dev/null ||
		die "this needs Debian or Ubuntu; elsewhere use make, make install and make installcheck with a PostgreSQL of yours"
	if [ -z "${BOTSESSION_PG_CONFIG:-}" ]; then
		: "${PG_MAJOR:=$(default_major)}"
		if [ -z "$PG_MAJOR" ] && apt_update; then PG_MAJOR=$(default_major); fi
		: "${PG_MAJOR:=$(unpacked_major)}"
		[ -n "$PG_MAJOR" ] || die "apt knows no package postgresql; as root, apt-get update may help"
		[ "$PG_MAJOR" -ge 15 ] ||
			die "PostgreSQL $PG_MAJOR is too old, 15 is the oldest that works: set PG_MAJOR to one that apt offers"
		PG_TREE=$BOTSESSION_CACHE/postgresql-$PG_MAJOR

		if ! debs=$(list_debs); then
			if ! apt_update || ! debs=$(list_debs); then debs=; fi
		fi
		if [ -n "$debs" ] && [ -n "$(not_unpacked "$debs")" ]; then
			unpack_debs "$debs" || { apt_update && debs=$(list_debs) && unpack_debs "$debs"; } ||
				printf 'could not unpack the packages: %s\n' "$(tail -n 2 <<<"$apt_output" | xargs)" >&2
		fi
		[ -e "$PG_TREE/unpacked" ] || die "the packages of PostgreSQL $PG_MAJOR cannot be had here"
		mapfile -t depends <"$PG_TREE/depends"
	fi
	if [ -z "$server_only" ]; then depends+=(perl libipc-run-perl); fi
	need_packages gcc libc6-dev make tzdata "${depends[@]}" || die "$NEED_REASON"
}
