#!/usr/bin/env bash
# A rejection that nobody handles fails a test file, whenever it comes, and is shown.
# needs: node=nodejs npm=npm

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
need_npm_packages test/node
export PLANTED
for PLANTED in never 'while the file is read' 'before the first test' 'in a test that ends' 'after its test' \
	'in a test that goes on' 'after the last test'; do
	output=$(run_tests plpgsql planted.test.cjs 2>&1)
	failed=$(grep -c '^not ok' <<<"$output") || true
	shown=$(grep -c "left unhandled: Error: planted $PLANTED" <<<"$output") || true
	case $PLANTED:$failed:$shown in
	never:0:0 | [!n]*:[1-9]*:1)
		printf 'ok %s a rejection %s\n' "$suite" "$PLANTED"
		;;
	*)
		printf 'not ok %s a rejection %s: %s\n' "$suite" "$PLANTED" "${output//$'\n'/ }"
		suite_status=1
		;;
	esac
done
