-- Generic and custom plans, discarded plans, prepared calls.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

prepare start (text) as select status, previous_status from bot_session_start($1);
prepare touch (text, text) as select last_message from bot_session_touch($1, $2);
set plan_cache_mode = force_generic_plan;
execute start('bot1');
execute touch('bot1', 'generic');
set plan_cache_mode = force_custom_plan;
execute start('bot2');
execute touch('bot2', 'custom');
discard plans;
execute start('bot1');
alter table bot_sessions add column regress_column int;
execute touch('bot1', 'another shape');
alter table bot_sessions drop column regress_column;
execute touch('bot1', 'the old shape');
reset plan_cache_mode;
-- the plan must not depend on how many rows there were when it was made
insert into bot_sessions (session_id) select 'many' || n from generate_series(1, 5000) n;
analyze bot_sessions;
execute touch('many5000', 'last');
select session_id, last_message from bot_sessions where last_message is not null order by session_id;
