-- updated_at increases with every update of one transaction, and past any old value.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id) values ('bot1');
-- a thousand updates, no two at the same time
do $$
declare
  before timestamptz := (select updated_at from bot_sessions);
  after timestamptz;
begin
  for n in 1 .. 1000 loop
    update bot_sessions set last_message = n::text returning updated_at into after;
    if after <= before then
      raise exception 'update % did not move on', n;
    end if;
    before := after;
  end loop;
end
$$;

-- old values that only a row copied with the triggers off can have
begin;
alter table bot_sessions disable trigger user;
insert into bot_sessions (session_id, updated_at) values
  ('future', '2100-01-01'), ('infinity', 'infinity'), ('-infinity', '-infinity'),
  ('last', '294276-12-31 23:59:59.999999+00'), ('first', '4714-11-24 BC');
alter table bot_sessions enable trigger user;
select clock_timestamp() as before \gset
update bot_sessions set last_message = 'hello' where session_id = 'future'
returning updated_at - '2100-01-01' = interval '1 microsecond' as just_past_the_old;
select updated_at - '2100-01-01' = interval '2 microseconds' as just_past_the_old from bot_session_touch('future');
with updated as (
  update bot_sessions set last_message = 'hello' where session_id in ('infinity', '-infinity', 'last', 'first')
  returning session_id, updated_at between :'before' and clock_timestamp() as now)
select * from updated order by session_id collate "C";
rollback;
