# needs: fresh
psql -d mydb -c 'create schema bots'
perl -pe 's/\bpublic\b/bots/g' sql/create_bot_sessions.sql | psql -v ON_ERROR_STOP=1 -d mydb

[ "$(psql -At -c "select status from bots.bot_session_start('bot1')")" = active ]
