-- 812 pre-keys in one save, a value of 1.3 MB, a session of 15,000 keys.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
create function regress_keys(kind text, n integer, value text) returns jsonb language sql as
  $$ select jsonb_build_object(kind, jsonb_object_agg(i, value || i)) from generate_series(1, n) i $$;

select * from bot_session_save('bot1', regress_keys('pre-key', 812, repeat('x', 150))) as changed;
select * from bot_session_save('bot1', regress_keys('pre-key', 812, repeat('x', 150))) as changed;
select * from bot_session_save('bot1', regress_keys('pre-key', 813, repeat('y', 150))) as changed;
select count(*) from json_each_text(bot_session_load('bot1', '{"pre-key": null}') -> 'pre-key') where value = repeat('y', 150) || key;

select md5(string_agg(md5(i::text), '' order by i)) from generate_series(1, 40000) i \gset
select * from bot_session_save('bot1', jsonb_build_object('sender-key', jsonb_build_object('big',
  (select string_agg(md5(i::text), '' order by i) from generate_series(1, 40000) i)))) as changed;
select length(v), md5(v) = :'md5' as equal from (select bot_session_load('bot1', '{"sender-key": ["big"]}') -> 'sender-key' ->> 'big' as v) l;

select * from bot_session_save('bot1', regress_keys('session', 15000, repeat('z', 100))) as changed;
select kind, count(*) from bot_session_data group by kind order by kind;
select (select count(*) from json_object_keys(l -> 'session')) as sessions, (select count(*) from json_object_keys(l)) as kinds
from bot_session_load('bot1') l;
select (select count(*) from json_object_keys(l -> 'session')) as sessions
from bot_session_load('bot1', jsonb_build_object('session', (select jsonb_agg(i::text) from generate_series(1, 20000, 2) i))) l;
select * from bot_session_save('bot1', '{"session": null}') as deleted;
select * from bot_session_forget('bot1') as deleted;
drop function regress_keys;
