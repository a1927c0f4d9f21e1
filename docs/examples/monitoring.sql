\o /dev/null
select from unnest(array['bot1', 'bot1', 'bot1', 'bot2', 'bot2', 'bot3', 'bot4']) as name, bot_session_start(name);
select from bot_session_touch('bot2', qr_data => 'code');
select from bot_session_end('bot4');
alter table bot_sessions disable trigger user;
update bot_sessions set updated_at = now() - interval '10 minutes' where session_id = 'bot3';
alter table bot_sessions enable trigger user;
select from pg_stat_force_next_flush();
\o

select state, count(*) from bot_session_overview(stale_after => '5 minutes') group by state order by state;

select session_id, state, worker, idle from bot_session_overview(stale_after => '5 minutes')
where state in ('orphaned', 'stale') order by idle desc limit 20;

select session_id, count(*) as crashes, max(happened_at) as last
from bot_session_events
where event in ('recovered', 'lease_lost') and happened_at > now() - interval '1 day'
group by session_id having count(*) > 1 order by crashes desc, session_id limit 20;

select n_live_tup as live, n_tup_upd as updates,
  round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0)) as hot_percent,
  round(100.0 * n_dead_tup / nullif(n_live_tup + n_dead_tup, 0)) as dead_percent,
  last_autovacuum, pg_size_pretty(pg_total_relation_size(relid)) as size
from pg_stat_user_tables where relname in ('bot_sessions', 'bot_session_events') order by relname desc;

select pid, now() - xact_start as age, state, application_name
from pg_stat_activity where xact_start < now() - interval '1 hour' order by xact_start;
