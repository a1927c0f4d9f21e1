#!/usr/bin/env bash
# docker.sh MAJOR: as root in a chroot of the Debian release that has this PostgreSQL, in a copy of the sources: what the
# Dockerfile says, without an engine for containers. The images it begins with are played by this chroot with Debian's
# server installed, Supabase's by the same with the wrapper and the folders by which its server differs.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
# As the official image sets them.
export PG_MAJOR=$1 PATH=$PATH:/usr/lib/postgresql/$1/bin

stages=$(mktemp -d)
mount -t tmpfs tmpfs "$stages"
log=$stages/log
ok() { if "${@:2}" >"$log" 2>&1; then echo "ok $1"; else tail -n 20 "$log"; echo "not ok $1"; exit 1; fi; }

# shellcheck disable=SC2016
ok 'a server to begin with' sh -c 'apt-get update && apt-get --yes --no-install-recommends install "postgresql-$PG_MAJOR"'

# A stage begins as what this chroot is now.
begin_stage() {
	mkdir -p "$stages/$1".{upper,work} "$stages/$1"
	mount -t overlay -o "lowerdir=/,upperdir=$stages/$1.upper,workdir=$stages/$1.work" overlay "$stages/$1"
	mount -t proc proc "$stages/$1/proc"
	mount --rbind /dev "$stages/$1/dev"
}

# shellcheck disable=SC2016
play_supabase() {
	local store=/nix/store/0-postgresql-and-plugins
	mkdir -p "$1$store"
	ln -s "/usr/lib/postgresql/$PG_MAJOR/lib" "$1$store/lib"
	printf '%s\n' '#!/bin/sh' "export NIX_PGLIBDIR='$store/lib'" \
		'exec "/usr/lib/postgresql/$PG_MAJOR/bin/postgres" "$@"' >"$1/usr/bin/postgres"
	printf '%s\n' '#!/bin/sh' '[ "$1" = --sharedir ] && echo "/usr/share/postgresql/$PG_MAJOR"' >"$1/usr/bin/pg_config"
	chmod 755 "$1/usr/bin/postgres" "$1/usr/bin/pg_config"
}

# The instructions that the Dockerfile uses, in the forms that it uses them in; all others are an error.
image='' stage='' directory=/ last=0
while read -r instruction arguments; do
	case $instruction in
	ARG)
		name=${arguments%%=*}
		[ -n "${!name:-}" ] || declare -x "$arguments"
		;;
	FROM)
		eval "read -r image as stage <<<\"$arguments\""
		last=$((last + 1)) directory=/
		[ "${as:-AS}" = AS ]
		: "${stage:=last}"
		begin_stage "$stage"
		case $image in
		postgres:"$PG_MAJOR"*) ;;
		supabase/postgres:*) play_supabase "$stages/$stage" ;;
		*) echo "not ok there is nobody to play $image"; exit 1 ;;
		esac
		;;
	USER) [ "$arguments" = root ] ;;
	WORKDIR)
		directory=$arguments
		mkdir -p "$stages/$stage$directory"
		;;
	COPY)
		from=.
		if [[ $arguments == --from=* ]]; then
			read -r from arguments <<<"$arguments"
			from=$stages/${from#--from=}
		fi
		read -r -a files <<<"$arguments"
		to=${files[-1]}
		unset 'files[-1]'
		case $to in /*) ;; *) to=$directory/$to ;; esac
		for file in "${files[@]}"; do
			# Docker copies what is in a folder, not the folder.
			if [ -d "$from/$file" ]; then mkdir -p "$stages/$stage$to" && cp -a "$from/$file/." "$stages/$stage$to"
			else cp -a "$from/$file" "$stages/$stage$to"; fi
		done
		;;
	RUN) ok "$stage: RUN ${arguments:0:60}" chroot "$stages/$stage" sh -ec "cd $directory; $arguments" ;;
	*) echo "not ok the Dockerfile has an instruction that this test does not know: $instruction"; exit 1 ;;
	esac
done < <(sed '/^#/d; /^$/d' Dockerfile | sed ':a; /\\$/ { N; s/\\\n */ /; ba }')
[ "$last" -eq 3 ]

files_of() { (cd "$1" && find . -type f ! -path './usr/bin/p*' | sort); }

for stage in supabase last; do
	ok "$stage: what make install installs, and nothing else" diff <(files_of "$stages/build/installed") <(files_of "$stages/$stage.upper")
	# shellcheck disable=SC2016
	ok "$stage: the migration, a session" chroot "$stages/$stage" pg_virtualenv -v "$PG_MAJOR" sh -euxc '
		psql -X -v ON_ERROR_STOP=1 -f "/usr/share/postgresql/$PG_MAJOR/extension/create_bot_sessions.sql" | grep "^ c  *| 1\."
		[ "$(psql -XAtc "select status from bot_session_start('\''bot1'\'')")" = active ]'
done
