#!/usr/bin/env bash
# As root in a chroot of a Debian release, in a copy of the sources: builds the packages as their maintainer would, has
# lintian look at them and autopkgtest run their test, and writes them to standard output as a tar archive. Results go to
# standard error.
set -euo pipefail
exec 3>&1 1>&2
export LC_ALL=C.UTF-8

source=$(dpkg-parsechangelog --show-field Source)
version=$(dpkg-parsechangelog --show-field Version)
build=$(mktemp -d)
# The archive of the upstream, as make dist would pack it.
tar -czf "$build/${source}_${version%-*}.orig.tar.gz" --exclude=./debian --transform="s,^\.,$source-${version%-*}," .
cp -r . "$build/$source"
useradd --system builder
chown -R builder "$build"
cd "$build/$source"

# The packages' names hold the version of PostgreSQL: debian/control is that of 15.
if [ "$(pg_buildext supported-versions)" != 15 ]; then pg_buildext updatecontrol; fi

setpriv --reuid=builder --regid=nogroup --clear-groups env HOME="$build" dpkg-buildpackage --no-sign >../build.log 2>&1 || {
	tail -n 40 ../build.log
	echo 'not ok dpkg-buildpackage'
	exit 1
}
echo 'ok dpkg-buildpackage'

# Suppressed: what only an upload to Debian needs, and that an older lintian knows an older policy.
if lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs ../*.changes; then
	echo 'ok lintian'
else
	echo 'not ok lintian'
fi

# What debian/tests says, with the packages installed; the source tree only gives the tests.
pg_buildext updatecontrol
apt-get update >/dev/null
if autopkgtest --no-built-binaries ../postgresql-*-botsession_*.deb . -- null >../test.log 2>&1; then
	grep '^test .* \.\.\. \|^ok \|^not ok ' ../test.log
else
	tail -n 60 ../test.log
	echo 'not ok autopkgtest'
fi

cd ..
tar -c ./*.deb >&3
