-- Keys and values of any characters come back as they were given.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
create temp table given (kind text collate "C", key text collate "C", value text);
insert into given values
  ('sender-key', '1203630@g.us::551199:1::0', '{"a": "\u00e9\\n"}'), ('sender-key-memory', '1203630@g.us', '""'),
  ('tctoken', '__index', ''), ('__proto__', '__proto__', 'null'), ('constructor', 'toString', '[1, 2]'), ('a/b', '../c', ' '),
  ('k:i@n/d', 'with space', e'tab\tnewline\nreturn\rbackslash\\quote"'), (' ', ' ', U&'\+01F600\FEFF\200B'), ('%s', '$1', '%1$s {0} ${x} ''; drop table'),
  ('Ünï', 'ключ', 'значение'), ('a', 'A', '1'), ('A', 'a', '2'), ('a', 'a', e'\x01\x1f\x7f'), ('null', 'null', 'NULL');
select * from bot_session_save('bot1', (select jsonb_object_agg(kind, keys) from (
  select kind, jsonb_object_agg(key, value) as keys from given group by kind) g)) as changed;

select count(*), bool_and(d.value = g.value) as equal from bot_session_data d join given g on g.kind = d.kind and g.key = d.key;
select kind, key from given g
where bot_session_load('bot1', jsonb_build_object(kind, jsonb_build_array(key)))::jsonb is distinct from jsonb_build_object(kind, jsonb_build_object(key, value));
select count(*) as loaded from json_each(bot_session_load('bot1')) k, json_each_text(k.value) v join given g on g.key = v.key and g.value = v.value where g.kind = k.key;
-- one by one, and deleted so
select sum(bot_session_save('bot1', jsonb_build_object(kind, jsonb_build_object(key, value || '!')))) as changed from given;
select sum(bot_session_save('bot1', jsonb_build_object(kind, jsonb_build_object(key, null)))) as deleted from given;
select bot_session_load('bot1');
drop table given;
