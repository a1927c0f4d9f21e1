-- A user's trigger that runs with a setting, or as its owner, for many rows of one call: what the server keeps of its
-- function lasts that long.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create table regress_seen (step serial, name text, session_id text, search_path text);
create function regress_see() returns trigger language plpgsql security definer set search_path = pg_temp as $$
begin
  insert into public.regress_seen (name, session_id, search_path) values (tg_name, new.session_id, current_setting('search_path'));
  return null;
end $$;
create trigger regress_see after update on bot_sessions for each row execute function regress_see();
select b.session_id from generate_series(1, 3) n, bot_session_start('bot' || n) b;

select b.session_id, length(b.last_message) as length
from bot_session_touch_many((
  select jsonb_agg(jsonb_build_object('session_id', 'bot' || n % 4, 'last_message', repeat('m', n * 1000), 'qr_data', repeat('q', n * 100)))
  from generate_series(1, 6) n)) b;
select name, session_id, search_path from regress_seen order by step;

truncate regress_seen;
select b.session_id, b.status from bot_session_expire('1 microsecond', 1000, repeat('reason ', 1000)) b;
select name, session_id, search_path from regress_seen order by step;
rollback;
