-- bot_sessions partitioned by hash of session_id: adopted as it is, and all functions work.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set migration `sed '/^.migration.;/q' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
drop table bot_sessions, bot_session_events, bot_session_leases, bot_session_data;
create table bot_sessions (
  session_id text primary key, created_at timestamptz default now(), last_message text,
  status text default 'active', qr_data text, updated_at timestamptz default now()
) partition by hash (session_id);
create table regress_part0 partition of bot_sessions for values with (modulus 3, remainder 0);
create table regress_part1 partition of bot_sessions for values with (modulus 3, remainder 1);
create table regress_part2 partition of bot_sessions for values with (modulus 3, remainder 2);
:migration

select count(*), count(previous_status) from generate_series(1, 30) n, bot_session_start('bot' || n);
select count(distinct tableoid) as partitions_used from bot_sessions;
select count(*), count(*) filter (where previous_status = 'active') as recovered
from generate_series(1, 10) n, bot_session_start('bot' || n);
select last_message, status, qr_data, previous_status from bot_session_touch('bot1', 'hello', 'qr-1');
select last_message, status, qr_data, previous_status from bot_session_end('bot1', 'why');
select session_id, status, last_message
from bot_session_touch_many('[{"session_id": "bot2", "last_message": "a"}, {"session_id": "bot1", "qr_data": "x"}, {"session_id": "bot3"}]');
select pg_sleep(0.01) is not null as slept;
select count(*), bool_and(status = 'inactive') as ended from bot_session_expire('1 millisecond', 5);

-- a partition is maintained and audited when it is written directly
select tableoid::regclass as part from bot_sessions where session_id = 'bot1' \gset
update :part set status = 'active', qr_data = '', updated_at = null where session_id = 'bot1' returning status, qr_data is null as removed;
-- also one that is added later, of another shape
create table regress_part3 (updated_at timestamptz default now(), x int, qr_data text, status text default 'active',
  last_message text, created_at timestamptz default now() not null, session_id text not null);
alter table regress_part3 drop column x;
alter table bot_sessions detach partition regress_part2;
delete from bot_sessions;
insert into regress_part3 select updated_at, qr_data, status, last_message, created_at, session_id from regress_part2;
alter table regress_part3 alter status set not null, alter updated_at set not null;
alter table bot_sessions attach partition regress_part3 for values with (modulus 3, remainder 2);
select bool_and(previous_status is not null) as found, count(*) = (select count(*) from regress_part3) as all
from regress_part3 p, bot_session_start(p.session_id);
select session_id as one from regress_part3 order by 1 limit 1 \gset
update regress_part3 set qr_data = '', updated_at = '2020-01-01' where session_id = :'one'
returning qr_data is null as removed, updated_at > '2024-01-01' as clock;
select last_message, status from bot_session_touch(:'one', 'hello');
select status from bot_session_end(:'one', 'done');
select event, reason, count(*) from bot_session_events where event <> 'deleted' and (event, reason) is distinct from ('recovered', null)
  and (reason is not null or session_id = 'bot1') group by event, reason order by event, reason;
rollback;
