#!/usr/bin/env bash
# batches bent by libFuzzer, by what they reach in the library, for a minute; BOTSESSION_SECONDS chooses another time
# needs: clang=clang libclang-rt=libclang-rt-dev
# (The latter is no command: its package is always asked for.)
# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/common.sh"
# Its assertions see more than the sanitizer, and it checks what palloc() gave.
# shellcheck disable=SC2034
server_from_source=checked
enter_run "$0" "$@"
# shellcheck source=test/setup/sanitize.sh
. test/setup/sanitize.sh

runtimes=
if command -v clang >/dev/null; then runtimes=$(clang -print-resource-dir)/lib/linux; fi
fuzzer=$runtimes/libclang_rt.fuzzer_no_main-$(uname -m).a
asan=$runtimes/libclang_rt.asan-$(uname -m).so
if [ ! -e "$fuzzer" ] || [ ! -e "$asan" ]; then
	skip 'fuzz-batch: clang or its runtimes are not installed and not to be had'
	finish
	exit
fi

# PGXS hands clang the options that the server's own compiler was called with.
as_gcc='-Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-ignored-attributes'
# All of libFuzzer: the library, which is loaded later, calls it at every branch.
clang -shared -o "$RUN_DIR/libfuzzer.so" -Wl,--whole-archive "$fuzzer" -Wl,--no-whole-archive -lstdc++ -lm -lpthread
# shellcheck disable=SC2086
clang $as_gcc -O1 -g -shared -fPIC -I "$("$PG_CONFIG" --includedir-server)" -o "$RUN_DIR/fuzz_batch.so" test/parts/fuzz/batch.c \
	-L "$RUN_DIR" -lfuzzer -Wl,-rpath,"$RUN_DIR"

need_extension
data=$RUN_DIR/data
start_cluster "$data" fsync=off
psql -Xq -v ON_ERROR_STOP=1 -d postgres -c "set botsession.edition = 'c'" -f sql/create_bot_sessions.sql >/dev/null
psql -Xq -v ON_ERROR_STOP=1 -v module="$RUN_DIR/fuzz_batch" -d postgres >/dev/null <<-'SQL'
	select from bot_session_start('active');
	select from bot_session_start('ended');
	select from bot_session_end('ended');
	select from bot_session_start('held', 'worker', '1 day');
	create function fuzz_batch(variadic text[]) returns void language c as :'module';
SQL
stop_cluster "$data"

"${MAKE[@]}" clean >/dev/null
MAKE+=(CC=clang COPT="$as_gcc" PG_CFLAGS='-O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address')
need_extension
# Before the sanitizer, which has the functions that report what was reached as well: those do nothing.
preload_sanitizers "$RUN_DIR/libfuzzer.so" "$asan"

# In single-user mode, so that no server ends with libFuzzer. It is not to take the signals that are the server's own.
cp -r test/parts/fuzz/batches "$RUN_DIR/corpus"
seed=${BOTSESSION_SEED:-$(date +%s)} seconds=${BOTSESSION_SECONDS:-60} status=0
options=("$RUN_DIR/corpus" "-dict=$TREE/test/parts/fuzz/batch.dict" "-artifact_prefix=$RUN_DIR/found-" "-seed=$seed"
	"-max_total_time=$seconds" -max_len=1000 -print_final_stats=1 -timeout=0 -rss_limit_mb=0 -detect_leaks=0
	-handle_int=0 -handle_term=0 -handle_usr1=0 -handle_usr2=0 -handle_xfsz=0)
say "BOTSESSION_SEED=$seed BOTSESSION_SECONDS=$seconds"
printf "load 'botsession'\nselect fuzz_batch(%s)\n" "$(printf "'%s'," "${options[@]}" | sed 's/,$//')" |
	postgres --single -D "$data" postgres >"$RUN_DIR/fuzz.log" 2>&1 || status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$RUN_DIR/fuzz.log")
json=$(sed -n 's/^batches that were JSON: //p' "$RUN_DIR/fuzz.log")
covered=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$RUN_DIR/fuzz.log" | tail -n 1)
if [ "$status" -eq 0 ] && [ "${json:-0}" -gt 1000 ]; then
	pass "batches: $runs texts, $json of them JSON, $covered branches of the library reached"
else
	fail "batches: ended with status $status"
	tail -n 60 "$RUN_DIR/fuzz.log"
	for found in "$RUN_DIR"/found-*; do
		[ ! -e "$found" ] || { printf 'the batch: '; cat "$found"; printf '\n'; }
	done
fi
check_reports
finish
