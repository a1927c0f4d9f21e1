# whatsapp-web.js in a real browser: its RemoteAuth, and the bot of examples/node; test/parts/node.sh runs it.
# needs: node=nodejs npm=npm chromium-headless-shell=chromium-headless-shell

# shellcheck source=test/setup/node.sh
. test/setup/node.sh
suite=whatsapp
need_npm_packages test/node/whatsapp
for program in chromium-headless-shell chromium; do
	CHROMIUM=$(command -v "$program") && break
done
[ -n "$CHROMIUM" ] || skip_suite 'no chromium-headless-shell, no chromium'
export CHROMIUM
start_supabase
run_tests plpgsql whatsapp/remote-auth.test.cjs whatsapp/bot.test.cjs
