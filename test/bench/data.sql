-- The report of data.sh: what a call costs above an empty statement with the same parameters, and the goals.

set client_min_messages = warning;
create temp table sample (name text, round int, calls bigint, cpu_us float8, wal_bytes float8, latency_us float8, memory_bytes bigint, rss_kb bigint);
create temp table instruction (name text, count bigint);
create temp table empty_of (name text, empty text);
create temp table size (hot_share float8, heap float8, heap_before float8, toast float8, toast_before float8, autovacuums int);
create temp table rate (name text, round int, tps float8);
\copy sample from 'samples.csv' csv
\copy instruction from 'instructions.csv' csv
\copy empty_of from 'empties.csv' csv
\copy size from 'table.csv' csv
\copy rate from 'rates.csv' csv

create function pg_temp.median(vals float8[]) returns float8 language sql
return (select percentile_cont(0.5) within group (order by v) from unnest(vals) v);

-- Of instructions there is one round, which is 0.
create temp view cost as
select s.name, s.round, 'cpu' as what, s.cpu_us as whole, s.cpu_us - e.cpu_us as net, s.wal_bytes
from sample s join empty_of using (name) join sample e on e.name = empty and e.round = s.round
union all
select i.name, 0, 'instructions', i.count, i.count - e.count, null
from instruction i join empty_of using (name) join instruction e on e.name = empty;

\echo
\echo 'A call above an empty statement with the same parameters'
select name, round(pg_temp.median(array_agg(net) filter (where what = 'cpu'))::numeric, 1) as "CPU µs",
  round(pg_temp.median(array_agg(wal_bytes) filter (where what = 'cpu'))::numeric) as "WAL bytes",
  max(net) filter (where what = 'instructions') as instructions
from cost
group by name
order by regexp_replace(name, '^(c|plpgsql)_', ''), name;

create temp table goal (number int, what text, numerator text, denominator text, divisor float8, bound float8);
insert into goal values
  (1, 'save of 1 key / bare upsert', 'c_save_1', 'upsert_1', 1, 1.8),
  (2, 'the same, PL/pgSQL', 'plpgsql_save_1', 'upsert_1', 1, 3.5),
  (3, 'save of 812 keys / bare upsert of arrays', 'c_save_812', 'upsert_812', 1, 1.2),
  (4, 'the same, PL/pgSQL', 'plpgsql_save_812', 'upsert_812', 1, 1.4),
  (5, 'load of 50 keys / bare = any', 'c_load_50', 'select_50', 1, 1.4),
  (6, 'the same, PL/pgSQL', 'plpgsql_load_50', 'select_50', 1, 2.0),
  (7, 'load of 15,000 keys / of 5,000', 'c_load_15000', 'c_load_5000', 1, 4),
  (8, 'the same, PL/pgSQL', 'plpgsql_load_15000', 'plpgsql_load_5000', 1, 4),
  (9, '812 equal values / a save that changes', 'c_same_812', 'c_save_812', 1, 1.3),
  (10, 'the same, PL/pgSQL', 'plpgsql_same_812', 'plpgsql_save_812', 1, 1.3),
  (11, 'save of 812 new keys / bare insert of arrays', 'c_new_812', 'insert_812', 1, null),
  (12, 'the same, PL/pgSQL', 'plpgsql_new_812', 'insert_812', 1, null),
  (13, '100 sessions by one save_many / 100 saves, with transactions', 'c_many_100', 'c_save_1', 100, 0.5),
  (14, 'the same, PL/pgSQL', 'plpgsql_many_100', 'plpgsql_save_1', 100, 0.5);

create temp table measured as
select g.number, g.what, g.bound, n.what as unit,
  pg_temp.median(array_agg(case when g.divisor = 1 then n.net / d.net else n.whole / g.divisor / d.whole end)) as ratio
from goal g
join cost n on n.name = g.numerator
join cost d on d.name = g.denominator and d.round = n.round and d.what = n.what
group by 1, 2, 3, 4;

create temp view shown as
select number, what, '<= ' || bound as goal, max(ratio) filter (where unit = 'cpu') as cpu,
  max(ratio) filter (where unit = 'instructions') as instructions,
  coalesce(max(ratio) filter (where unit = 'cpu'), max(ratio)) <= bound as met
from measured
group by number, what, bound
union all
select 15 + n, '812 equal values: WAL bytes' || case n when 1 then ', PL/pgSQL' else '' end, '<= 200', bytes, null, bytes <= 200
from (select 0, pg_temp.median(array_agg(wal_bytes)) from sample where name = 'c_same_812'
  union all select 1, pg_temp.median(array_agg(wal_bytes)) from sample where name = 'plpgsql_same_812') as s (n, bytes)
where bytes is not null
union all
select 17, 'many saves: share of HOT updates', '>= 0.98', hot_share, null, hot_share >= 0.98 from size
union all
select 18, 'many saves: heap and toast / before', '<= 1.3', (heap + toast) / (heap_before + toast_before), null,
  (heap + toast) / (heap_before + toast_before) <= 1.3 from size
union all
select 19 + n, 'commits a second, 8 connections, fsync on / bare upserts' || case n when 1 then ', PL/pgSQL' else '' end,
  '>= 0.95', ratio, null, ratio >= 0.95
from (
  select case s.name when 'c_save_1' then 0 else 1 end, pg_temp.median(array_agg(s.tps / u.tps))
  from rate s join rate u on u.name = 'upsert_1' and u.round = s.round
  where s.name <> 'upsert_1'
  group by 1) as r (n, ratio);

\echo
\echo 'The goals: ratios of CPU, and of instructions'
\pset null '-'
select what, goal, round(cpu::numeric, 3) as "CPU", round(instructions::numeric, 3) as instructions,
  case when met then 'met' when not met then 'not met' else '' end as verdict
from shown
order by number;
