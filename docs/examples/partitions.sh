# needs: fresh
psql -q -v ON_ERROR_STOP=1 -f docs/examples/partitions.sql

psql -v ON_ERROR_STOP=1 -d mydb -f sql/create_bot_sessions.sql

psql -q -v ON_ERROR_STOP=1 <<'SQL'
select from generate_series(1, 100) i, bot_session_start('bot' || i);
do $$
begin
  assert (select count(distinct tableoid) from bot_sessions) = 16;
  -- Nobody reaches one through the API
  assert not exists (select from pg_class, unnest(array['anon', 'authenticated', 'service_role']) r
    where relkind = 'r' and relispartition and has_schema_privilege(r, relnamespace, 'usage'));
end $$;
set role service_role;
do $$ begin assert (select last_message from bot_session_touch('bot1', 'hello')) = 'hello'; end $$;
SQL
