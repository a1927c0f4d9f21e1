-- The closing row says what is installed and what anon and authenticated may do.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
-- The last statement, without its semicolon. The edition is what it is, and compared to the catalog.
\set report `sed -e '1,/^.migration.;/d' -e '$s/;$//' :'abs_srcdir'/../sql/create_bot_sessions.sql`
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
:report \gset
select :'edition' = case when exists (select from pg_extension where extname = 'botsession') then 'c' else 'plpgsql' end as edition,
  :'version' as version, :'anon_may' as anon_may, :'authenticated_may' as authenticated_may;
grant select, insert on bot_sessions to anon;
grant execute on function bot_session_start(text, text, interval), bot_session_touch(text, text, text, bigint, interval) to authenticated;
grant truncate on bot_session_events to authenticated;
grant delete on bot_sessions to public;
:report \gset
select :'anon_may' as anon_may, :'authenticated_may' as authenticated_may;
rollback;

-- the version is that of what is installed, and not that of a newer file, which may have failed
begin;
comment on function bot_session_overview is 'Installed by botsession 0.9.1';
:report \gset
select :'version' = case :'edition' when 'plpgsql' then '0.9.1' else '1.0.0' end as version;
rollback;

-- one column is enough
begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
grant select (session_id, qr_data) on bot_sessions to authenticated;
:report \gset
select :'anon_may' as anon_may, :'authenticated_may' as authenticated_may;
rollback;

-- what lets a visitor run code in others' writes, refer to the rows or hold them up; MAINTAIN there is from 17 on
begin;
do $$ declare r text; begin
  foreach r in array '{anon, authenticated, service_role}'::text[] loop
    if to_regrole(r) is null then execute format('create role %I', r); end if;
  end loop;
end $$;
grant trigger on bot_sessions to anon;
grant references (session_id) on bot_session_leases to anon;
grant all on bot_sessions to authenticated;
:report \gset
select :'anon_may' as anon_may, replace(:'authenticated_may', 'maintain bot_sessions, ', '') as authenticated_may,
  :'authenticated_may' like '%maintain bot_sessions%' = (current_setting('server_version_num')::int >= 170000) as maintain;
rollback;
