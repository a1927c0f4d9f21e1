-- Run in the folder of the results: reads what was measured, writes the tables that are shown.

\pset footer off
\set QUIET 1
set client_min_messages = warning;

create temp table sample (name text, round int, calls bigint, cpu_us float8, wal_bytes float8, latency_us float8,
  memory_bytes bigint, rss_kb bigint);
create temp table rate (name text, fsync text, clients int, tps float8, latency_us float8, cpu_us float8);
create temp table million (calls bigint, bytes_before float8, bytes_after float8, hot_share float8, autovacuums int,
  memory_bytes float8, rss_kb float8);
create temp table postgrest (round int, name text, rps float8, server_us float8, postgrest_us float8);
create temp table instructions (name text, count bigint);
\copy sample from 'samples.csv' csv
\copy rate from 'rates.csv' csv
\copy million from 'million.csv' csv
\copy postgrest from 'postgrest.csv' csv
\copy instructions from 'instructions.csv' csv

-- What runs; nothing of ours in the statements that people write themselves
create function pg_temp.edition(name text) returns text language sql
return case
  when name ~ '^(empty$|select$|floor_|upsert_|plupsert_|audited_|update_|growth_select_|table_)' then '-'
  when name ~ '^spi_' then 'C, SPI'
  when name ~ 'plpgsql' then 'PL/pgSQL'
  else 'C'
end;

-- Above an empty statement of the same round
create temp view above as
select s.name, s.round, s.cpu_us - e.cpu_us as us, s.cpu_us as whole_us, s.wal_bytes, s.latency_us
from sample s
join sample e on e.round = s.round and e.name = 'empty';

create function pg_temp.median(float8[]) returns float8 language sql
return (select percentile_cont(0.5) within group (order by v) from unnest($1) v);
create function pg_temp.spread(float8[], digits int) returns text language sql
return (select round(percentile_cont(0.25) within group (order by v)::numeric, digits) || '..'
  || round(percentile_cont(0.75) within group (order by v)::numeric, digits) from unnest($1) v);

create temp table cost as
select a.name, pg_temp.edition(a.name) as edition, round(pg_temp.median(array_agg(us))::numeric, 2) as cpu_us,
  round((percentile_cont(0.25) within group (order by us))::numeric, 2) as low,
  round((percentile_cont(0.75) within group (order by us))::numeric, 2) as high,
  round(pg_temp.median(array_agg(wal_bytes))::numeric) as wal_bytes,
  round(pg_temp.median(array_agg(latency_us))::numeric, 1) as latency_us, i.count as instructions
from above a
left join instructions i using (name)
group by a.name, i.count;

\copy (select * from cost order by name) to 'costs.csv' csv header
\copy (select title, cpu_us, low, high from (values (1, 'floor_touch', 'floor (C alone)'), (2, 'touch_message', 'touch (C edition)'), (3, 'own_message', 'update of bot_sessions'), (4, 'spi_message', 'touch (C edition by SPI)'), (5, 'update_message', 'update of a plain table'), (6, 'upsert_message', 'upsert of a plain table'), (7, 'plpgsql_message', 'touch (PL/pgSQL edition)')) as shown (place, name, title) join cost using (name) order by place) to 'chart-cpu.csv' csv
\copy (select t.sessions, t.cpu_us, s.cpu_us from (select substring(name from '\d+')::int as sessions, cpu_us from cost where name ~ '^growth_\d') t join (select substring(name from '\d+')::int as sessions, cpu_us from cost where name ~ '^growth_select') s using (sessions) order by 1) to 'chart-growth.csv' csv

\echo
\echo 'One client, prepared, client and server on one CPU. CPU: of the server, above an empty statement; medians and quartiles.'
select name, edition, cpu_us as "CPU µs", low || '..' || high as quartiles, wal_bytes as "WAL bytes", latency_us as "latency µs", instructions
from cost
order by name <> 'empty', substring(name from '_(message|qr|url)$') nulls first, cpu_us;

create temp table shown_rate as
select name, pg_temp.edition(name) as edition, fsync, clients, round(pg_temp.median(array_agg(tps))) as tps, pg_temp.spread(array_agg(tps), 0) as quartiles,
  round(pg_temp.median(array_agg(latency_us))) as latency_us, round(pg_temp.median(array_agg(cpu_us))::numeric, 1) as cpu_us
from rate
group by 1, 2, 3, 4;
\copy (select * from shown_rate order by 1, 3, 4) to 'rates-shown.csv' csv header

select count(*) > 0 as rates, (select count(*) > 0 from postgrest) as rest, (select count(*) > 0 from million) as million
from rate \gset
\if :rates
\echo
\echo 'Transactions per second, client and server on all CPUs'
select name, edition,
  max(tps) filter (where fsync = 'off' and clients = 1) as "1 client", max(tps) filter (where fsync = 'off' and clients = 8) as "8",
  max(tps) filter (where fsync = 'off' and clients = 32) as "32",
  max(tps) filter (where fsync = 'on' and clients = 1) as "fsync on: 1", max(tps) filter (where fsync = 'on' and clients = 8) as "8",
  max(tps) filter (where fsync = 'on' and clients = 32) as "32"
from shown_rate
group by name, edition
order by max(tps) desc;
\endif

\if :rest
\echo
\echo 'Through PostgREST, 8 connections'
select name, pg_temp.edition(name) as edition, round(pg_temp.median(array_agg(rps))) as "requests/s", pg_temp.spread(array_agg(rps), 0) as quartiles,
  round(pg_temp.median(array_agg(server_us))) as "server CPU µs", round(pg_temp.median(array_agg(postgrest_us))) as "PostgREST CPU µs"
from postgrest
group by name
order by 2 desc;
\endif

\if :million
\echo
\echo 'Many touches of 10,000 sessions in one connection, autovacuum on'
select calls, pg_size_pretty(bytes_before::bigint) as before, pg_size_pretty(bytes_after::bigint) as after,
  round((hot_share * 100)::numeric, 2) as "HOT %", autovacuums, memory_bytes as "memory contexts: growth, bytes",
  rss_kb as "private memory: growth, kB"
from million;
\endif

-- Each ratio from the costs of one and the same round
create temp table goal (number int, what text, ratios float8[], wanted text, bound float8);

create function pg_temp.ratios(numerator text, denominator text, divisor float8) returns float8[] language sql
return (select array_agg(n.us / divisor / d.us)
  from above n join above d on d.round = n.round and d.name = denominator
  where n.name = numerator);

create function pg_temp.milliseconds(what text) returns float8[] language sql
return (select array_agg(latency_us / 1000) from above where name = what);

create function pg_temp.instructions(numerator text, denominator text, divisor float8) returns float8[] language sql
return (select array[(n.count - e.count) / divisor / (d.count - e.count)]
  from instructions n, instructions d, instructions e
  where n.name = numerator and d.name = denominator and e.name = 'empty');

-- A row of a batch, of a transaction that holds so many, to a transaction of its own
create function pg_temp.row_ratios(batch text, rows int, denominator text) returns float8[] language sql
return (select array_agg(n.whole_us / rows / d.whole_us)
  from above n join above d on d.round = n.round and d.name = denominator
  where n.name = batch);

create function pg_temp.rates(numerator text, denominator text, given_fsync text, given_clients int) returns float8[] language sql
return (select array[n.tps / d.tps]
  from shown_rate n join shown_rate d using (fsync, clients)
  where n.name = numerator and d.name = denominator and fsync = given_fsync and clients = given_clients);

insert into goal values
  (1, 'touch / floor, both with the row as their answer', pg_temp.ratios('touch_message', 'floor_touch', 1), '<=', 1.15),
  (2, 'touch / floor that answers nothing', pg_temp.ratios('touch_message', 'floor_update', 1), null, null),
  (3, 'touch / (a) upsert of a plain table', pg_temp.ratios('touch_message', 'upsert_message', 1), '<=', 0.46),
  (4, 'touch / (b) update of a plain table', pg_temp.ratios('touch_message', 'update_message', 1), '<=', 0.46),
  (5, 'touch / (c) update of our table', pg_temp.ratios('touch_message', 'own_message', 1), '<=', 0.68),
  (6, 'touch / (d) our SPI path', pg_temp.ratios('touch_message', 'spi_message', 1), null, null),
  (7, 'touch / (e) PL/pgSQL edition', pg_temp.ratios('touch_message', 'plpgsql_message', 1), null, null),
  (8, 'touch, QR string / (a)', pg_temp.ratios('touch_qr', 'upsert_qr', 1), null, null),
  (9, 'touch, QR data URL / (a)', pg_temp.ratios('touch_url', 'upsert_url', 1), null, null),
  (10, 'start, its audit row included / (a)', pg_temp.ratios('start', 'upsert_message', 1), '<=', 0.60),
  (11, 'batch of 100, a row / a touch', pg_temp.ratios('batch_100', 'touch_message', 100), null, null),
  (12, 'batch of 100, a row / a touch with its transaction', pg_temp.row_ratios('batch_100', 100, 'touch_message'), '<=', 0.20),
  (13, 'heartbeat within the interval / select by key', pg_temp.ratios('heartbeat_within', 'select', 1), '<=', 1.5),
  (14, 'heartbeat within the interval: WAL bytes',
    (select array_agg(wal_bytes) from above where name = 'heartbeat_within'), '<=', 0),
  (15, 'touch at 1,000,000 sessions / at 1,000', pg_temp.ratios('growth_1000000', 'growth_1000', 1), '<=', 1.3),
  (16, 'select at 1,000,000 sessions / at 1,000', pg_temp.ratios('growth_select_1000000', 'growth_select_1000', 1), null, null),
  (17, 'HOT share of many touches', (select array_agg(hot_share) from million), '>=', 0.99),
  (18, 'table size after many touches / before', (select array_agg(bytes_after / bytes_before) from million), '<=', 1.5),
  (19, 'backend memory growth, MB', (select array_agg(greatest(memory_bytes / 1e6, rss_kb / 1e3)) from million), '<', 1),
  (20, 'PostgREST: touch / upsert, requests per second', (select array_agg(t.rps / u.rps)
    from postgrest t join postgrest u using (round) where t.name = 'rpc_touch' and u.name = 'table_upsert'), '>=', 1.1),
  (21, 'PostgREST: touch / upsert, server CPU', (select array_agg(t.server_us / u.server_us)
    from postgrest t join postgrest u using (round) where t.name = 'rpc_touch' and u.name = 'table_upsert'), null, null),
  (22, 'touch with a fence / without', pg_temp.ratios('fenced_c', 'unfenced_c', 1), null, null),
  (23, 'the same, PL/pgSQL', pg_temp.ratios('fenced_plpgsql', 'unfenced_plpgsql', 1), null, null),
  (24, 'renewing 1,000 leases, ms', pg_temp.milliseconds('renew_1000_c'), '<', 15),
  (25, 'the same, PL/pgSQL', pg_temp.milliseconds('renew_1000_plpgsql'), '<', 15),
  (26, 'claiming 10 of a million sessions, ms', pg_temp.milliseconds('claim_10_c'), '<', 1),
  (27, 'the same, PL/pgSQL', pg_temp.milliseconds('claim_10_plpgsql'), '<', 1),
  (28, 'C: touch / (a)', pg_temp.ratios('touch_message', 'upsert_message', 1), '<=', 0.51),
  (29, 'C: touch / (a), instructions', pg_temp.instructions('touch_message', 'upsert_message', 1), null, null),
  (30, 'C: start / upsert of an audited table', pg_temp.ratios('start', 'audited_message', 1), '<=', 0.50),
  (31, 'C: start / upsert of an audited table, instructions', pg_temp.instructions('start', 'audited_message', 1), null, null),
  (32, 'C: batch of 100, a row / (a) with its transaction', pg_temp.row_ratios('batch_100', 100, 'upsert_message'), null, null),
  (33, 'PL/pgSQL: touch / (a)', pg_temp.ratios('plpgsql_message', 'upsert_message', 1), '<=', 1.8),
  (34, 'PL/pgSQL: touch / (a), instructions', pg_temp.instructions('plpgsql_message', 'upsert_message', 1), '<=', 1.6),
  (35, 'PL/pgSQL: touch / upsert with a trigger in PL/pgSQL', pg_temp.ratios('plpgsql_message', 'plupsert_message', 1), '<=', 1.2),
  (36, 'PL/pgSQL: touch / upsert with a trigger in PL/pgSQL, instructions',
    pg_temp.instructions('plpgsql_message', 'plupsert_message', 1), null, null),
  (37, 'PL/pgSQL: start / upsert of an audited table', pg_temp.ratios('plpgsql_start', 'audited_message', 1), '<=', 1.6),
  (38, 'PL/pgSQL: start / upsert of an audited table, instructions',
    pg_temp.instructions('plpgsql_start', 'audited_message', 1), null, null),
  (39, 'PL/pgSQL: batch of 100, a row / (a) with its transaction',
    pg_temp.row_ratios('plpgsql_batch_100', 100, 'upsert_message'), '<=', 0.40),
  (40, 'PL/pgSQL: batch of 100, a row / (a), instructions',
    pg_temp.instructions('plpgsql_batch_100', 'upsert_message', 100), null, null),
  (41, 'PL/pgSQL: touch / (a), commits a second from 8 connections, fsync on',
    pg_temp.rates('plpgsql_message', 'upsert_message', 'on', 8), '>=', 0.95);

create temp view shown_goal as
select number, what, round(pg_temp.median(ratios)::numeric, 3) as measured, pg_temp.spread(ratios, 3) as quartiles,
  wanted || ' ' || bound as goal,
  case
    when bound is null then ''
    when ratios is null then 'not measured'
    when case wanted when '<=' then pg_temp.median(ratios) <= bound when '<' then pg_temp.median(ratios) < bound
      else pg_temp.median(ratios) >= bound end then 'met'
    else 'not met'
  end as verdict
from goal;
\copy (select what, measured, quartiles, goal, verdict from shown_goal order by number) to 'goals.csv' csv header

\echo
\echo 'Ratios of CPU above an empty statement, and the goals'
\pset null '-'
select what, measured, quartiles, goal, verdict from shown_goal order by number;
