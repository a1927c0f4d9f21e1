-- Ids and messages of any script, escapes and surrogate pairs, and ids that differ by case or normal form alone.
\set SHOW_CONTEXT never
set client_encoding = utf8;
-- versions of psql do not agree on the width of these characters
\pset format unaligned
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('бот'), ('机器人'), ('🤖'), ('é'), (U&'e\0301'), ('É'), ('a"b\c''d');
select session_id, last_message, status
from bot_session_touch_many('[
  {"session_id": "🤖", "last_message": "\ud83d\ude00 = 😀"},
  {"session_id": "\u0431\u043e\u0442", "last_message": "привет"},
  {"session_id": "机器人", "last_message": "你好"},
  {"session_id": "é", "last_message": "one"},
  {"session_id": "e\u0301", "last_message": "two"},
  {"session_id": "É", "last_message": "three"},
  {"session_id": "È", "last_message": "unknown"},
  {"session_id": "a\"b\\c''d", "last_message": "quotes \" '' and \\ \n \t"}]');
select session_id, last_message from bot_sessions order by session_id collate "C";
