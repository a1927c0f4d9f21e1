# needs: edition c
PGOPTIONS='-c botsession.edition=plpgsql' psql -v ON_ERROR_STOP=1 -d mydb -f sql/create_bot_sessions.sql

[ "$(psql -At -c "select edition from bot_session_version()")" = plpgsql ]
