# needs: api
# Runs docs/examples/service.mjs with examples/node/bots/baileys.cjs and a stand-in for Baileys; test/node runs the bot with
# Baileys itself. A new login shows a QR code, a known one connects, receives a message, restarts once, and is logged out
# where LOGOUT is set.
stand_in=node_modules/@whiskeysockets/baileys
mkdir -p $stand_in
echo '{ "name": "@whiskeysockets/baileys", "type": "module", "exports": "./index.js" }' >$stand_in/package.json
cat >$stand_in/index.js <<'JS'
import { EventEmitter } from 'node:events'
export const BufferJSON = { replacer: (_, value) => value, reviver: (_, value) => value }
export const proto = { Message: { AppStateSyncKeyData: { fromObject: (value) => value } } }
export const initAuthCreds = () => ({})
export const DisconnectReason = { loggedOut: 401, restartRequired: 515 }
let restarts = 0
export function makeWASocket({ auth: { creds } }) {
  const ev = new EventEmitter()
  const close = (statusCode) => ev.emit('connection.update', { connection: 'close', lastDisconnect: { error: { output: { statusCode } } } })
  setTimeout(() => {
    if (creds.me && restarts === 0) {
      restarts++
      return close(515)
    }
    if (!creds.me) {
      ev.emit('connection.update', { qr: '2@a code' })
      creds.me = { id: '1' }
      ev.emit('creds.update', creds)
    }
    ev.emit('connection.update', { connection: 'open' })
    ev.emit('messages.upsert', { messages: [{ message: { conversation: 'hello' } }] })
    if (process.env.LOGOUT) setTimeout(close, 100, 401)
  }, 10)
  return { ev, end: () => close() }
}
JS

ask() { psql -X -At -c "$1"; }
wait_for() {
	for _ in {1..300}; do
		if [ "$(ask "$1")" = "$2" ]; then return; fi
		sleep 0.1
	done
	echo "never: $1" >&2
	kill "$!"
	exit 1
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp docs/examples/service.mjs examples/node/bots/baileys.cjs "$dir"
ln -s "$PWD/node_modules" "$dir"

node "$dir/service.mjs" &
wait_for "select count(*) from bot_sessions where status = 'active' and last_message = 'hello' and qr_data is null" 1
wait_for 'select value from bot_session_data' '{"me":{"id":"1"}}'
kill -TERM $!
wait $!
[ "$(ask "select status from bot_sessions")" = active ]
[ "$(ask "select event from bot_session_events order by event_id" | tr '\n' ' ')" = 'created claimed released ' ]

LOGOUT=1 node "$dir/service.mjs" &
wait_for 'select status from bot_sessions' inactive
wait_for 'select count(*) from bot_session_data' 0
kill -TERM $!
wait $!
