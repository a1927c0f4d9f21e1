# shellcheck shell=bash
# The suites of the Makefile and the TAP tests, against the server of this run.
#
#	need_extension		builds and installs it; where that fails, the script ends as failed
#	ways, c_ways		the settings under which a test prints the same: both editions, and both ways of
#				the C edition to the rows
#	run_suites WAY...	regress and isolation, each so often
#	run_regress WAY [TEST...]	some tests only; 00_install has to be the first
#	run_isolation WAY [SPEC...]	some only; isolation_install has to be the first
#	library_regress, library_tap	those that reach code of ours that can go wrong, where all would take too long
#	run_tap FILE...
#	wrap_server TEXT...	from now on the server's program is started by these lines of shell, in which "$@" is
#				its call
#	check_log LOG...		fails where a server crashed, or a statement did not give back what it held

# The migration is SQL, and large batches do what one of ten does.
library_regress=()
for file in test/sql/*.sql; do
	case $file in
		*/migration_*.sql | */touch_many_large.sql | */touch_many_memory.sql) ;;
		*) library_regress+=("$(basename "$file" .sql)") ;;
	esac
done

# Those that reach code which the suites do not; the others test the server around it. (And none that limits
# memory, of which the sanitizers reserve more than there is.)
# shellcheck disable=SC2034
library_tap=(test/t/{changed_meanwhile,crash,deadlock,injection,leases,two_phase,waiting}.pl)

ways=('c' 'c -c botsession.direct_access=off' 'plpgsql')
# shellcheck disable=SC2034
c_ways=("${ways[@]:0:2}")

need_extension() {
	if (build_extension); then return; fi
	fail build
	finish || exit 1
}

# A test file that no list names would never run, and nobody would notice.
every_file_ran() {
	local file name
	for file in "$@"; do
		name=$(basename "${file%.*}")
		[ ! -e "$file" ] || grep -Eq "^(test|    |(not )?ok .* [-+]) +$name( |\$)" "$RUN_DIR/step.log" ||
			fail "$name (never ran: the Makefile does not name $file)"
	done
}

installcheck() {
	local name=$1 options=$2
	shift 2
	run_step "$name $options" env PGOPTIONS="$options" "${MAKE[@]}" installcheck TAP_TESTS= "$@"
}

run_regress() {
	local way=$1
	shift
	if [ $# -gt 0 ]; then set -- "REGRESS=$*"; fi
	installcheck regress "-c botsession.edition=$way" ISOLATION= "$@"
	[ $# -gt 0 ] || every_file_ran test/sql/*.sql
}

run_isolation() {
	local way=$1
	shift
	if [ $# -gt 0 ]; then set -- "ISOLATION=$*"; fi
	installcheck isolation "-c botsession.edition=$way" REGRESS= "$@"
	[ $# -gt 0 ] || every_file_ran test/specs/*.spec
}

run_suites() {
	local way
	for way in "$@"; do
		if chosen regress; then run_regress "$way"; fi
		if chosen isolation; then run_isolation "$way"; fi
	done
}

run_tap() {
	local pgxs file name
	pgxs=$(dirname "$("$PG_CONFIG" --pgxs)")/..
	for file in "$@"; do
		name=t/$(basename "$file")
		if ! chosen "$name"; then continue; fi
		run_step "$name" env TESTDIR="$PWD" TESTDATADIR="$PWD/tmp_check" TESTLOGDIR="$PWD/tmp_check/log" \
			PG_REGRESS="$pgxs/test/regress/pg_regress" \
			prove --norc --verbose -I "$pgxs/test/perl" -I test/t "$file"
	done
}

wrap_server() {
	local server
	server=$("$PG_CONFIG" --bindir)/postgres
	[ -e "$server.program" ] || mv "$server" "$server.program"
	printf '%s\n' '#!/bin/sh' "set -- '$server.program'"' "$@"' "$@" >"$server"
	chmod 755 "$server"
}

# Signal 9 is none of ours: crash.pl kills with it, to see the server recover.
check_log() {
	local trouble
	trouble=$(grep -hE 'PANIC:|TRAP:|was terminated by signal [^9]|resource was not closed|(reference|refcount) leak' "$@") || true
	if [ -n "$trouble" ]; then fail "the server's log: $(head -n 20 <<<"$trouble")"; fi
}
