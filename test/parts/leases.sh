#!/usr/bin/env bash
# the property test of the leases for longer, with seeds of its own
setup=$(dirname "${BASH_SOURCE[0]}")/../setup
# shellcheck source=test/setup/common.sh
. "$setup/common.sh"
enter_run "$0" "$@"

need_extension
for seed in ${BOTSESSION_SEED:-$RANDOM $RANDOM}; do
	say "BOTSESSION_SEED=$seed"
	BOTSESSION_SEED=$seed BOTSESSION_SECONDS=${BOTSESSION_SECONDS:-20} run_tap test/t/lease_property.pl
done
finish
