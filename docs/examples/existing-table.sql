-- needs: fresh
create table bot_sessions (
  id serial primary key,
  "sessionId" varchar(100) not null unique,
  status varchar(20) check (status in ('connecting', 'connected', 'disconnected')),
  qr text not null default '',
  "updatedAt" timestamp
);

insert into bot_sessions ("sessionId", status, qr, "updatedAt") values
  ('bot1', 'connected', '', '2024-01-01'), ('bot2', 'connecting', 'qr-2', null), ('bot3', 'disconnected', 'qr-3', null);

begin;
alter table bot_sessions rename "sessionId" to session_id;
alter table bot_sessions rename qr to qr_data;
alter table bot_sessions rename "updatedAt" to updated_at;
alter table bot_sessions
  drop constraint bot_sessions_status_check,
  drop constraint bot_sessions_pkey,
  add primary key (session_id),
  alter session_id type text,
  alter status type text using case status when 'disconnected' then 'inactive' else 'active' end,
  alter qr_data drop not null,
  alter updated_at type timestamptz using coalesce(updated_at at time zone 'UTC', now()), -- the zone it was written in
  add column created_at timestamptz not null default now(),
  add column last_message text;
update bot_sessions set qr_data = null where qr_data = '' or status = 'inactive';
commit;

\ir ../../sql/create_bot_sessions.sql
do $$
begin
  assert (select array_agg((session_id, status, qr_data, updated_at = '2024-01-01Z')::text order by session_id)
    = array['(bot1,active,,t)', '(bot2,active,qr-2,f)', '(bot3,inactive,,f)'] from bot_sessions);
  assert (select id = 1 and previous_status = 'active' from bot_session_start('bot1') join bot_sessions using (session_id));
  assert (select status from bot_session_start('bot4')) = 'active';
  assert (select status from bot_session_end('bot4')) = 'inactive';
end $$;
