#!/usr/bin/env bash
# what compilers and analyzers find without running anything; all of it is an error
# needs: nm=binutils clang=clang scan-build=clang-tools cppcheck=cppcheck shellcheck=shellcheck
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
enter_run "$0" "$@"

# check NAME COMMAND...: silent when it has nothing to say
check() {
	local name=$1
	shift
	if ! chosen "$name"; then
		return
	elif ! command -v "${name%% *}" >/dev/null; then
		skip "$name: not installed and not to be had"
	elif "$@" >"$RUN_DIR/check.log" 2>&1; then
		pass "$name"
	else
		fail "$name"
		tail -n 60 "$RUN_DIR/check.log"
	fi
}

build_with() {
	"${MAKE[@]}" clean
	"${MAKE[@]}" -j "$(nproc)" CC="$1" COPT="$2" all
}

layers() {
	"${MAKE[@]}" -j "$(nproc)" all && perl test/parts/layers.pl src
}

# Two files that call each other, whatever their order: layers.pl has to name both them and what they call.
planted_circle() {
	local planted=$RUN_DIR/planted
	mkdir -p "$planted"
	printf ' *\tupper\n *\tlower\n' >"$planted/botsession.h"
	printf 'void call_lower(void);\nvoid call_upper(void) { call_lower(); }\n' >"$planted/upper.c"
	printf 'void call_upper(void);\nvoid call_lower(void) { call_upper(); }\n' >"$planted/lower.c"
	(cd "$planted" && gcc -c upper.c lower.c)
	! perl test/parts/layers.pl "$planted" >"$planted/found" &&
		diff - "$planted/found" <<<'lower uses call_upper of upper, which lies above it'
}

# -Wunused-parameter: many functions of the server's headers leave some unused, and so do all callbacks.
warnings='-Wall -Wextra -Wno-unused-parameter -Werror'
# PGXS hands the options over that the server's own compiler, gcc, was called with, and the headers have
# attributes of gcc's.
as_gcc='-Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-ignored-attributes'

check 'gcc warnings' build_with gcc "$warnings"
check 'gcc -fanalyzer' build_with gcc "$warnings -fanalyzer"
check 'clang warnings' build_with clang "$warnings $as_gcc"
"${MAKE[@]}" clean >/dev/null
check 'scan-build' scan-build --use-cc=clang --status-bugs -o "$RUN_DIR/scan" "${MAKE[@]}" COPT="$as_gcc" all
# Without the server's headers, the macros of which it takes for code that can fail in all ways.
check 'cppcheck' cppcheck --quiet --std=c99 --enable=warning,style,performance,portability \
	--inline-suppr --error-exitcode=1 -I src src
check 'nm layers of src/' layers
check 'nm layers, a circle' planted_circle
mapfile -t scripts < <(grep -rlE '^#!/usr/bin/env bash|^# shellcheck shell=bash' .ci test | sort)
# SC2119 takes a function that may be given arguments for one that wants the script's.
check 'shellcheck' shellcheck --external-sources --exclude=SC2119 "${scripts[@]}"
finish
