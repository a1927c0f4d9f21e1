#!/usr/bin/env bash
# the library under valgrind, on a server that tells valgrind what is allocated and what is given back
# needs: valgrind=valgrind
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck disable=SC2034
server_from_source=valgrind
enter_run "$0" "$@"

# Slow, so not all of them: every function, every trigger, every way in which a row can change under them.
tests='00_install session_life arguments_by_name touch_combinations touch_many_order touch_many_unicode touch_many_inactive
	expire_order expire_reason start_reopened maintain_upsert maintain_qr_removed audit_by_owner audit_long_reason
	audit_nested_call error_batch error_direct_writes error_no_privilege error_inactive_session error_shows_no_secret
	kept_plans kept_plans_column_dropped user_columns user_trigger_changes_again user_trigger_deletes
	user_trigger_cancels_update partitioned_table savepoints data_save_load data_save_many data_equal_values direct_access_of_data'
spi_tests='00_install session_life touch_combinations touch_many_order expire_order start_reopened kept_plans user_trigger_deletes'

# The stacks of errors in which our library is. Markers that valgrind prints set each error apart.
our_errors() {
	awk '
		/VALGRIND-ERROR-BEGIN/	{ block = ""; ours = 0; next }
		/VALGRIND-ERROR-END/	{ if (ours) print block; next }
					{ block = block $0 "\n" }
		/\(src\/[a-z_]*\.[ch]:|botsession\.so\)/	{ ours = 1 }
	' "$@"
}

need_extension
reports=$RUN_DIR/reports
mkdir "$reports"
# Not what initdb calls: it takes minutes that way. (pg_ctl calls the server with -D.)
# shellcheck disable=SC2016
wrap_server '[ "$2" = -D ] || exec "$@"' \
	"exec valgrind --quiet --leak-check=no --error-markers=VALGRIND-ERROR-BEGIN,VALGRIND-ERROR-END --fullpath-after='$TREE/' \\
		--suppressions='$PG_TREE/valgrind.supp' --log-file='$reports/%p' \"\$@\""
start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
# shellcheck disable=SC2086
run_regress "${c_ways[0]}" $tests
# shellcheck disable=SC2086
run_regress "${c_ways[1]}" $spi_tests
stop_cluster "$RUN_DIR/data"
check_log "$RUN_DIR/data.log"
errors=$(our_errors "$reports"/*)
if [ -z "$errors" ]; then
	pass "valgrind has nothing to report of our library, in $(find "$reports" -type f | wc -l) processes"
else
	fail "valgrind reports errors with our library in the stack"
	head -n 100 <<<"$errors"
fi
finish
