#!/usr/bin/env bash
# the distribution for PGXN: its version and META.json, and that PGXN's client installs it and its tests pass
# needs: git=git unzip=unzip pgxn=pgxnclient

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
enter_run "$0" "$@"

version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" botsession.control)
dist=botsession-$version

# The control file has the version; everything else that names it has to follow.
names_version() {
	local file=$1 found
	found=$(sed -n "$2" "$file" | head -n 1)
	if [ "$found" = "$version" ]; then pass "version in $file"; else fail "version in $file is '$found', not $version"; fi
}

names_version sql/create_bot_sessions.sql '1s/^-- botsession \([0-9.]*\):.*/\1/p'
names_version sql/create_bot_sessions.sql "s/^Installed by botsession \([0-9.]*\)';/\1/p"
names_version "sql/botsession--$version.sql" '1s,^/\* sql/botsession--\(.*\)\.sql \*/$,\1,p'
names_version clients/node/package.json 's/.*"version": "\(.*\)".*/\1/p'
names_version META.json 's/.*"version": "\(.*\)".*/\1/p'
names_version CHANGELOG.md 's/^## \([0-9.]*\)\( (unreleased)\| - [0-9]\{4\}-[0-9][0-9]-[0-9][0-9]\)$/\1/p'
names_version debian/changelog '1s/^botsession (\(.*\)-[^-]*).*/\1/p'
names_version README.md 's/^ c  *| \([0-9.]*\) .*/\1/p'

# The run's copy of the sources is no clone, and git archive packs a commit.
git init -q
git add -A
git -c user.name=test -c user.email=test commit -q -m 'the sources as they are'
"${MAKE[@]}" dist >/dev/null
unzip -q "$dist.zip" -d "$RUN_DIR" || die "make dist made no $dist.zip"

unwanted=$(cd "$RUN_DIR/$dist" && find . -name '.*' ! -name . -o -path ./debian)
if [ -z "$unwanted" ]; then pass 'only what belongs to a release'; else fail "$dist.zip holds ${unwanted//$'\n'/ }"; fi
if [ "$(unzip -Z1 "$dist.zip" | cut -d / -f 1 | sort -u)" = "$dist" ]; then
	pass "all in the folder $dist"
else
	fail "$dist.zip holds more than the folder $dist"
fi
if wrong=$(perl test/parts/packages/pgxn-meta.pl "$RUN_DIR/$dist/META.json"); then
	pass 'META.json'
else
	fail "META.json: $wrong"
fi

if ! command -v npm >/dev/null; then
	skip 'the package for npm: there is no npm'
elif tar -tzf "$dist.tgz" package/sql/create_bot_sessions.sql >/dev/null; then
	pass "$dist.tgz holds the migration"
else
	fail "make dist made no $dist.tgz with the migration in it"
fi

# As a user of PGXN would; only that the client takes the archive from here and not from the network.
if ! command -v pgxn >/dev/null; then
	skip 'pgxn: PGXN'"'"'s client is not there'
	finish
	exit
fi
start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
export MAKEFLAGS=with_llvm=no
cd "$RUN_DIR"
# shellcheck disable=SC2016
run_step 'pgxn install' sh -c 'pgxn install --nosudo --yes --pg_config "$1" "$2" && echo "ok pgxn install"' - "$PG_CONFIG" "$TREE/$dist.zip"
run_step 'pgxn check' pgxn check --yes --pg_config "$PG_CONFIG" "$TREE/$dist.zip"
finish
