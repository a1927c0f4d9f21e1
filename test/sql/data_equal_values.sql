-- A value that is the same is not written again: the row is the one that was there.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select * from bot_session_save('bot1', '{"session": {"a": "A", "b": "B", "c": "C"}}') as changed;
create temp table before as select kind, key, ctid as place, xmin as writer, updated_at from bot_session_data;

select * from bot_session_save('bot1', '{"session": {"b": "B"}}') as one;
select * from bot_session_save('bot1', '{"session": {"a": "A", "b": "B", "c": "C"}}') as all_of_them;
select * from bot_session_save('bot1', '{"session": {"a": "A", "b": "B2", "c": "C", "d": "D"}}') as two;
select d.key, d.value, d.ctid = b.place and d.xmin = b.writer as untouched, d.updated_at > b.updated_at as later
from bot_session_data d left join before b on b.kind = d.kind and b.key = d.key order by d.key;
-- other white space is another value: it is text
select * from bot_session_save('bot1', '{"session": {"a": "A "}}') as changed;
drop table before;
