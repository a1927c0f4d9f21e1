# shellcheck shell=bash
# The library under sanitizers in a server that is not; source it after suites.sh.
#
#	sanitize_library	build_extension builds it with AddressSanitizer and UndefinedBehaviorSanitizer, and servers
#				that are started from now on can load it
#	preload_sanitizers RUNTIME...	the latter alone, with the shared libraries of a compiler's own
#	check_reports		fails for each report that was written

reports=$RUN_DIR/reports

# Only the library is instrumented, the server and what it loads are not: the runtimes have to be there first.
# UBSan asks the dynamic linker for this function, and that hangs while libraries are still being preloaded.
preload_sanitizers() {
	mkdir "$reports"
	printf '%s\n' 'char *swift_demangle(void) { return 0; }' >"$reports/demangle.c"
	gcc -shared -fPIC -o "$reports/demangle.so" "$reports/demangle.c"
	# The server frees nothing when it ends and switches stacks at errors.
	wrap_server "export LD_PRELOAD='$reports/demangle.so $*' UBSAN_OPTIONS=print_stacktrace=1" \
		"export ASAN_OPTIONS='detect_leaks=0:verify_asan_link_order=0:detect_stack_use_after_return=0:abort_on_error=1:log_path=$reports/report'" \
		'exec "$@"'
}

sanitize_library() {
	MAKE+=(PG_CFLAGS='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1'
		SHLIB_LINK='-fsanitize=address,undefined')
	preload_sanitizers "$(gcc -print-file-name=libasan.so)" "$(gcc -print-file-name=libubsan.so)"
}

check_reports() {
	local report undefined
	for report in "$reports"/report.*; do
		[ -e "$report" ] || continue
		fail "sanitizer: $(grep -m 1 'ERROR: ' "$report" || echo 'a stack')"
		head -n 60 "$report"
	done
	# Beside the other one this sanitizer writes to the server's log, whatever log_path says.
	undefined=$(grep -rh --include='*.log' 'runtime error: ' "$RUN_DIR" | sort | uniq -c) || true
	if [ -n "$undefined" ]; then fail "sanitizer: $undefined"; fi
}
