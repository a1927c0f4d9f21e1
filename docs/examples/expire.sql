-- needs: extension pg_cron
select cron.schedule('expire bot sessions', '*/5 * * * *', $$select from bot_session_expire('1 day')$$);

select from bot_session_start('idle');
alter table bot_sessions disable trigger user;
update bot_sessions set updated_at = now() - interval '2 days';
alter table bot_sessions enable trigger user;
select command from cron.job \gexec
do $$
begin
  assert array(select event from bot_session_events order by event_id) = array['created', 'ended'];
end $$;
