# needs: fresh, edition c
make
sudo make install
psql -v ON_ERROR_STOP=1 -d mydb -f "$(pg_config --sharedir)/extension/create_bot_sessions.sql"

[ "$(psql -At -c "select edition from bot_session_version()")" = c ]
