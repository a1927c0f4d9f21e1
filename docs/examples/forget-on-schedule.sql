-- needs: extension pg_cron
select cron.schedule('forget logins', '*/10 * * * *', $$
  select bot_session_forget(session_id, reason => 'inactive for 90 days')
  from bot_session_overview()
  where state = 'ended' and has_data and updated_at < now() - interval '90 days'
  order by session_id collate "C"
  limit 100
$$);

select from unnest(array['active', 'ended', 'ended long ago']) as name,
  bot_session_start(name), bot_session_save(name, '{"creds": {"creds": "1"}}');
select from unnest(array['ended', 'ended long ago']) as name, bot_session_end(name);
alter table bot_sessions disable trigger user;
update bot_sessions set updated_at = now() - case session_id when 'ended' then interval '80 days' else interval '100 days' end;
alter table bot_sessions enable trigger user;
select command from cron.job \gexec

select kind, count(*), pg_size_pretty(sum(octet_length(value))) as size from bot_session_data group by kind order by sum(octet_length(value)) desc;

do $$
begin
  assert array(select session_id from bot_session_data order by session_id) = array['active', 'ended'];
  assert array(select event from bot_session_events where session_id = 'ended long ago' order by event_id)
    = array['created', 'ended', 'forgotten'];
end $$;
