#!/usr/bin/env bash
# the property test of the leases for longer, with seeds of its own
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
enter_run "$0" "$@"

need_extension
pgxs=$(dirname "$("$PG_CONFIG" --pgxs)")/..
for seed in ${BOTSESSION_SEED:-$RANDOM $RANDOM}; do
	run_step "seed $seed" env TESTDIR="$PWD" TESTDATADIR="$PWD/tmp_check/$seed" TESTLOGDIR="$PWD/tmp_check/$seed/log" \
		PG_REGRESS="$pgxs/test/regress/pg_regress" BOTSESSION_SEED="$seed" BOTSESSION_SECONDS="${BOTSESSION_SECONDS:-20}" \
		prove --norc --verbose -I "$pgxs/test/perl" -I test/t test/t/lease_property.pl
done
finish
