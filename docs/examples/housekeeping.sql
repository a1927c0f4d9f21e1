-- needs: extension pg_cron
-- End what was left alone: every bot that runs has to send heartbeats more often than that, and what has expired is
-- not restored when the service comes back. So choose a time longer than its longest outage.
select cron.schedule('expire bot sessions', '*/5 * * * *', $$
  select from bot_session_expire('1 day')
$$);

-- Forget sessions that ended long ago, in small steps that hold no lock for long.
select cron.schedule('prune bot sessions', '*/10 * * * *', $$
  delete from bot_sessions where session_id in (
    select session_id from bot_sessions
    where status = 'inactive' and updated_at < now() - interval '90 days'
    limit 1000 for update skip locked)
$$);

-- Forget old history: up to 50000 events at a time, 7 million a day. It looks at the oldest 50000 only.
select cron.schedule('prune bot session events', '*/10 * * * *', $$
  delete from bot_session_events
  where happened_at < now() - interval '1 year'
    and event_id = any (array(select event_id from bot_session_events order by event_id limit 50000))
$$);
-- Vacuum by their number, not by a fifth of a large table.
alter table bot_session_events set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500000);

-- pg_cron keeps a history too.
select cron.schedule('prune cron history', '45 3 * * *', $$
  delete from cron.job_run_details where end_time < now() - interval '7 days'
$$);

select from unnest(array['idle', 'busy', 'ended', 'ended long ago']) as name, bot_session_start(name);
select from unnest(array['ended', 'ended long ago']) as name, bot_session_end(name);
alter table bot_sessions disable trigger user;
update bot_sessions set updated_at = now() - case session_id
  when 'idle' then interval '2 days' when 'busy' then '30 minutes' when 'ended' then '80 days' else '100 days' end;
alter table bot_sessions enable trigger user;
update bot_session_events set happened_at = now() - interval '13 months' where session_id = 'ended';
insert into cron.job_run_details (runid, end_time) values (-1, now() - interval '8 days'), (-2, now());
select command from cron.job order by jobid \gexec
do $$
begin
  assert (select array_agg((session_id, status)::text order by session_id)
    = array['(busy,active)', '(ended,inactive)', '(idle,inactive)'] from bot_sessions);
  assert not exists (select from bot_session_events where session_id = 'ended');
  assert array(select event from bot_session_events where session_id = 'ended long ago' order by event_id)
    = array['created', 'ended', 'deleted'];
  assert array(select runid from cron.job_run_details where runid < 0) = array[-2::bigint];
end $$;
