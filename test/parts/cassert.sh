#!/usr/bin/env bash
# the suites on a server with assertions that drops what it caches as soon as nobody holds it
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
# shellcheck disable=SC2034
server_from_source=checked
enter_run "$0" "$@"

choose_steps regress isolation discard "${library_tap[@]#test/}"
need_extension
start_cluster "$RUN_DIR/data" fsync=off autovacuum=off
for way in "${c_ways[@]}"; do
	if chosen regress; then run_regress "$way" "${library_regress[@]}"; fi
	if chosen isolation; then run_isolation "$way"; fi
done
run_tap "${library_tap[@]}"
# Every cache is emptied whenever it may be: hundreds of times slower, so the calls of one file.
if chosen discard; then
	run_regress c 00_install
	for way in "${c_ways[@]}"; do
		EXTRA_REGRESS_OPTS=--use-existing run_regress "$way -c debug_discard_caches=1" session_life
	done
fi
mapfile -t logs < <(find "$RUN_DIR" -name '*.log' -path '*/log/*')
check_log "$RUN_DIR/data.log" "${logs[@]}"
finish
