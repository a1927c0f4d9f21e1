# needs: api
# Runs docs/examples/bot.mjs.
cd docs/examples
node bot.mjs && node bot.mjs
psql -X -q -v ON_ERROR_STOP=1 <<'SQL'
do $$
begin
  assert array(select event from bot_session_events order by event_id) = array['created', 'recovered'];
  assert (select status = 'active' and last_message = 'hello' and qr_data is null from bot_sessions);
  assert (select value from bot_session_data) = 'what your library logs in with';
end $$;
SQL
