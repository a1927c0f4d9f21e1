# needs: api
# As soon as both bots have a QR code: Ctrl-C.
waiting() { psql -X -At -c 'select count(*) from bot_sessions where qr_data is not null'; }
(
	until [ "$(waiting)" = 2 ]; do sleep 0.1; done
	pkill -INT -P $$ node
) &

cd examples/node
node index.cjs bot1 bot2
[ "$(psql -X -At -c "select count(*) from bot_sessions where status = 'active'")" = 2 ]
