-- Ids and messages are what they are: any script, quotes, backslashes, line ends, format characters, SQL.
\set SHOW_CONTEXT never
set client_encoding = utf8;
\pset format unaligned
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

create temp table odd (n int, s text);
insert into odd values (1, 'bot''; drop table bot_sessions; --'), (2, 'a"b'), (3, 'a\b\\c'), (4, e'line\r\nline\ttab'), (5, '%s %I %1$s'),
  (6, 'бот 机器人 🤖 e' || U&'\0301'), (7, ' leading and trailing '), (8, '$1 :name {x}'), (9, U&'\202E right to left \200B'), (10, e'\x01\x7f');
select n, r.session_id = s and r.previous_status is null as started from odd, bot_session_start(s) r order by n;
select n, r.last_message = s || s and r.qr_data = s as touched from odd, bot_session_touch(s, s || s, s) r order by n;
select r.session_id = s and r.last_message = s as batched
from (select jsonb_agg(jsonb_build_object('session_id', s, 'last_message', s) order by n) as batch from odd) b,
  bot_session_touch_many(batch) with ordinality r (session_id, created_at, last_message, status, qr_data, updated_at, previous_status, fence, i)
  join odd on n = i order by n;
select n, r.previous_status = 'active' and r.qr_data = s as recovered from odd, bot_session_start(s) r order by n;
select n, r.status = 'inactive' as ended from odd, bot_session_end(s, s) r order by n;
select n, e.event, e.reason is not distinct from case event when 'ended' then s end as reason_kept
from bot_session_events e join odd on e.session_id = s where n in (1, 4, 6) order by event_id;
select count(*) from bot_session_events;
drop table odd;
