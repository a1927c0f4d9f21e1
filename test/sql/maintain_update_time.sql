-- updated_at of an update is the clock, whatever the statement says.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01');
select clock_timestamp() as before \gset
update bot_sessions set updated_at = null returning updated_at between :'before' and clock_timestamp() as now;
update bot_sessions set updated_at = 'infinity' returning updated_at between :'before' and clock_timestamp() as now;
update bot_sessions set updated_at = '2020-01-01' returning updated_at between :'before' and clock_timestamp() as now;
update bot_sessions set updated_at = '2100-01-01' returning updated_at between :'before' and clock_timestamp() as now;
update bot_sessions set last_message = last_message returning updated_at between :'before' and clock_timestamp() as now;
