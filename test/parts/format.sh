#!/usr/bin/env bash
# src/ is laid out as PostgreSQL's own pgindent lays it out
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck disable=SC2034
server_from_source=checked
enter_run "$0" "$@"

# The server's types, and ours.
sed -nE 's/^\} ([A-Za-z]+);/\1/p; s/^typedef .*[ *]([A-Za-z]+);/\1/p' src/*.[ch] |
	cat "$PG_TREE/pgindent/typedefs.list" - >"$RUN_DIR/typedefs.list"
for file in src/*.[ch]; do
	if difference=$(perl "$PG_TREE/pgindent/pgindent" --typedefs="$RUN_DIR/typedefs.list" --indent="$(command -v pg_bsd_indent)" \
		--diff --check "$file" 2>&1); then
		pass "$file"
	else
		fail "$file"
		printf '%s\n' "$difference"
	fi
done
finish
