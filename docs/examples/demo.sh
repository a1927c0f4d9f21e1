# needs: edition c
make demo     # builds it, starts a private PostgreSQL, shows a session's life, crash included
