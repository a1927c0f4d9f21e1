-- A heartbeat that is not due writes nothing and waits for nobody.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
create temporary table before as select ctid as version, updated_at from bot_sessions;

-- not due: the row as it is, not a new version of it
select t.session_id, t.status, t.previous_status, t.updated_at = b.updated_at as as_it_was
from before b, bot_session_touch('bot1', heartbeat_interval => '1 hour') t;
select s.ctid = b.version as untouched from bot_sessions s, before b;

-- due
select t.updated_at > b.updated_at as moved
from before b, bot_session_touch('bot1', heartbeat_interval => '1 microsecond') t;

-- whatever is given is recorded at once
select last_message from bot_session_touch('bot1', 'hello', heartbeat_interval => '1 hour');
select qr_data from bot_session_touch('bot1', qr_data => '2@abc', heartbeat_interval => '1 hour');
select qr_data from bot_session_touch('bot1', qr_data => '', heartbeat_interval => '1 hour');

-- an inactive session has a heartbeat too, and stays inactive
select status from bot_session_end('bot1');
select status, previous_status from bot_session_touch('bot1', heartbeat_interval => '1 hour');
select status, previous_status from bot_session_touch('bot1', heartbeat_interval => '1 microsecond');

-- null is as not given
select t.updated_at > s.updated_at as moved
from bot_sessions s, bot_session_touch('bot1', heartbeat_interval => null) t;

-- due by the clock, also within a transaction that began before
begin;
select updated_at from bot_session_touch('bot1') \gset
select pg_sleep(0.002) is not null as slept;
select updated_at > :'updated_at' as moved from bot_session_touch('bot1', heartbeat_interval => '1 millisecond');
commit;

-- errors
\set VERBOSITY sqlstate
select bot_session_touch('bot2', heartbeat_interval => '1 hour');
select bot_session_touch('bot1', heartbeat_interval => '0');
select bot_session_touch('bot1', heartbeat_interval => '-1 second');
select bot_session_touch('bot1', 'hello', heartbeat_interval => '0');
begin read only;
select bot_session_touch('bot1', heartbeat_interval => '1 hour');
rollback;
\set VERBOSITY default
select bot_session_touch('bot1', heartbeat_interval => '0');
drop table before;
