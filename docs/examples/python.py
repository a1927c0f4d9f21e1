# needs: python psycopg
# Another worker's save is refused: psycopg raises what the function does.
import json

import psycopg
from psycopg.types.json import Jsonb

with psycopg.connect(autocommit=True) as connection:
    session = connection.execute(
        "select session_id, fence, previous_status from bot_session_start('bot1', worker => %s)", ("worker-1",)
    ).fetchone()
    session_id, fence, previous_status = session
    print(session_id, previous_status)

    login = {"creds": {"creds": json.dumps({"me": "bot1"})}}
    connection.execute("select bot_session_save(%s, %s, %s)", (session_id, Jsonb(login), fence))
    data = connection.execute("select bot_session_load(%s, fence => %s)", (session_id, fence)).fetchone()[0]
    print(data["creds"]["creds"])

    connection.execute("select bot_session_touch(%s, last_message => %s, fence => %s)", (session_id, "hello", fence))
    try:
        connection.execute("select bot_session_save(%s, %s, %s)", (session_id, Jsonb(login), fence - 1))
    except psycopg.Error as error:
        print(error.sqlstate)
