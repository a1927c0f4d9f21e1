#!/usr/bin/env bash
# all suites with the library under AddressSanitizer and UndefinedBehaviorSanitizer
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
export PG_CFLAGS='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1'
export SHLIB_LINK='-fsanitize=address,undefined'
enter_run "$0" "$@"
# shellcheck source=test/setup/cluster.sh
. test/setup/cluster.sh
# shellcheck source=test/setup/results.sh
. test/setup/results.sh
# shellcheck source=test/setup/suites.sh
. test/setup/suites.sh

# Only the library is instrumented, the server and what it loads are not: the runtimes have to be there first.
# UBSan asks the dynamic linker for this function, and that hangs while libraries are still being preloaded.
reports=$RUN_DIR/reports
mkdir "$reports"
printf '%s\n' 'char *swift_demangle(void) { return 0; }' >"$reports/demangle.c"
gcc -shared -fPIC -o "$reports/demangle.so" "$reports/demangle.c"
preload="$reports/demangle.so $(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
# The server frees nothing when it ends and switches stacks at errors.
wrap_server "export LD_PRELOAD='$preload' UBSAN_OPTIONS='print_stacktrace=1:log_path=$reports/report'" \
	"export ASAN_OPTIONS='detect_leaks=0:verify_asan_link_order=0:detect_stack_use_after_return=0:abort_on_error=1:log_path=$reports/report'" \
	'exec "$@"'

check_reports() {
	local report
	for report in "$reports"/report.*; do
		[ -e "$report" ] || continue
		fail "sanitizer: $(grep -m 1 -E 'runtime error|ERROR: ' "$report")"
		head -n 60 "$report"
	done
}

if (build_extension); then
	start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
	# The PL/pgSQL edition has none of our C.
	run_suites "${c_ways[@]}"
	run_tap "${library_tap[@]}" test/t/differential.pl
	check_log "$RUN_DIR/data.log"
	check_reports
else
	fail build
fi
finish
