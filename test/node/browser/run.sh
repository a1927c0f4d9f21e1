# The console in a browser and QR codes in a terminal; test/parts/browser.sh runs it.
# needs: node=nodejs npm=npm script=bsdutils chromium-headless-shell=chromium-headless-shell

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
suite=browser
need_npm_packages test/node/browser
for program in chromium-headless-shell chromium; do
	CHROMIUM=$(command -v "$program") && break
done
[ -n "$CHROMIUM" ] || skip_suite 'no chromium-headless-shell, no chromium'
export CHROMIUM
start_supabase
run_tests plpgsql browser/qr.test.cjs browser/page.test.cjs
run_tests c browser/qr.test.cjs browser/safety.test.cjs browser/terminal.test.cjs
