# needs: api, program curl
# Keeps the output on lines of its own.
curl() { local status=0; command curl "$@" || status=$?; echo; return "$status"; }

call() {
	curl --silent --show-error --fail-with-body "$SUPABASE_URL/rest/v1/rpc/$1" \
		--header "apikey: $SUPABASE_SERVICE_ROLE_KEY" --header "Authorization: Bearer $SUPABASE_SERVICE_ROLE_KEY" \
		--json "$2"
}

fence=$(call bot_session_start '{"session_id": "bot1", "worker": "worker-1"}' | sed 's/.*"fence":\([0-9]*\).*/\1/')
call bot_session_save '{"session_id": "bot1", "data": {"creds": {"creds": "a login"}}, "fence": '"$fence"'}'
call bot_session_load '{"session_id": "bot1", "fence": '"$fence"'}'
call bot_session_save '{"session_id": "bot1", "data": {"creds": null}, "fence": 0}' || echo 'not ours any more'
