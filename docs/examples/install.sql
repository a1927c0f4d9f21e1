-- needs: edition c
\ir ../../sql/create_bot_sessions.sql
