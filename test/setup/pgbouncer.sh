#!/usr/bin/env bash
# pgbouncer.sh: prints how to start pgbouncer, "PROGRAM LD_LIBRARY_PATH"; or the reason why it cannot be had here,
# and fails. Where it is not installed, its package is unpacked into $BOTSESSION_CACHE: to install it would start
# one for the whole system. So are the libraries it needs and this machine lacks.

set -euo pipefail

if program=$(type -P pgbouncer); then
	echo "$program"
	exit
fi

version=$(LC_ALL=C apt-cache policy pgbouncer 2>/dev/null | sed -n 's/^ *Candidate: *//p')
if [ -z "$version" ] || [ "$version" = '(none)' ]; then
	echo 'apt knows no package pgbouncer'
	exit 1
fi
dir=$BOTSESSION_CACHE/pgbouncer-${version//[^a-zA-Z0-9.+-]/_}
if [ ! -e "$dir/unpacked" ]; then
	new=$(mktemp -d "$BOTSESSION_CACHE/new-pgbouncer.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cd "$new"
	apt-get download "pgbouncer=$version" >log 2>&1 || { tail -n 1 log; exit 1; }
	mapfile -t libraries < <(dpkg-deb --field pgbouncer_*.deb Depends | tr ',' '\n' | sed 's/^ *//; s/[ |(].*//' | grep '^lib')
	for library in "${libraries[@]}"; do
		dpkg-query --status "$library" >/dev/null 2>&1 || apt-get download "$library" >log 2>&1 || { tail -n 1 log; exit 1; }
	done
	for deb in *.deb; do dpkg -x "$deb" .; done
	rm ./*.deb log
	touch unpacked
	rm -rf "$dir"
	mv "$new" "$dir"
fi
echo "$dir/usr/sbin/pgbouncer $dir/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)"
