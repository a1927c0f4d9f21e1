-- The privileges on columns that each call needs: these are enough, and none of them can be missing.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

create role regress_bot bypassrls;
grant execute on all functions in schema public to regress_bot;
-- the call by a role with these privileges, undone
create function regress_call(call text, privileges text[]) returns text language plpgsql as $$
declare
  privilege text;
begin
  foreach privilege in array privileges loop
    execute format('grant %s to regress_bot', privilege);
  end loop;
  set local role regress_bot;
  execute call;
  raise sqlstate 'RG000' using message = 'done';
exception when insufficient_privilege or sqlstate 'RG000' then
  return sqlerrm;
end $$;
-- '(a, b)' stands for a privilege on each of the columns
create function regress_needed(call text, variadic privileges text[]) returns text language plpgsql as $$
declare
  each text[] := array(
    select regexp_replace(privilege, '\(.*\)', '(' || field || ')')
    from unnest(privileges) as privilege, regexp_split_to_table(coalesce(substring(privilege from '\((.*)\)'), '-'), ', ') as field);
  result text := regress_call(call, each);
begin
  if result = 'done' then
    select concat_ws(', but not ', result, string_agg(privilege, ', ')) into result
    from unnest(each) as privilege
    where regress_call(call, array_remove(each, privilege)) = 'done';
  end if;
  return result;
end $$;

insert into bot_sessions (session_id, status, updated_at) values ('ended', 'inactive', now()), ('idle', 'active', '2024-01-01'), ('lost', 'active', now());
insert into bot_session_leases (session_id, worker, expires_at) values ('lost', 'w1', '2024-01-01');
select status from bot_session_start('bot1', 'w1');
update bot_session_leases set fence = 7 where session_id = 'bot1';
\set all 'select (session_id, created_at, last_message, status, qr_data, updated_at) on bot_sessions'
\set returned 'select (session_id, worker, fence, expires_at) on bot_session_leases'

-- start
select regress_needed($$select bot_session_start('new')$$, :'all', 'insert (session_id, status) on bot_sessions', 'update (created_at) on bot_sessions');
select regress_needed($$select bot_session_start('bot1')$$, :'all', 'update (status) on bot_sessions');
select regress_needed($$select bot_session_start('bot1', 'w1')$$, :'all', 'update (status) on bot_sessions', :'returned',
  'insert (session_id, worker, expires_at) on bot_session_leases', 'update (worker, fence, expires_at, released_at) on bot_session_leases',
  'usage on sequence bot_session_fences');

-- touch
select regress_needed($$select bot_session_touch('bot1', 'hello')$$, :'all', 'update (last_message) on bot_sessions');
select regress_needed($$select bot_session_touch('bot1', 'hello', 'qr-1')$$, :'all', 'update (last_message, qr_data) on bot_sessions');
select regress_needed($$select bot_session_touch('bot1')$$, :'all', 'update (updated_at) on bot_sessions');
select regress_needed($$select bot_session_touch('bot1', heartbeat_interval => '1 hour')$$, :'all');
select regress_needed($$select bot_session_touch('bot1', fence => 7, heartbeat_interval => '1 hour')$$, :'all',
  'select (session_id, fence, expires_at) on bot_session_leases');
select regress_needed($$select bot_session_touch('bot1', fence => 7)$$, :'all', 'update (updated_at) on bot_sessions',
  'select (session_id, fence, expires_at) on bot_session_leases');

-- end
select regress_needed($$select bot_session_end('bot1')$$, :'all', 'update (status, qr_data) on bot_sessions');
select regress_needed($$select bot_session_end('ended')$$, :'all', 'update (created_at) on bot_sessions');
select regress_needed($$select bot_session_end('bot1', fence => 7)$$, :'all', 'update (status, qr_data) on bot_sessions',
  'select (session_id, fence, expires_at) on bot_session_leases');

-- touch_many: no more than what locks them, where there are none
select regress_needed($$select bot_session_touch_many('[]')$$, 'select (session_id) on bot_sessions', 'update (created_at) on bot_sessions');
select regress_needed($$select bot_session_touch_many('[{"session_id": "none", "last_message": "hello"}]')$$,
  'select (session_id) on bot_sessions', 'update (created_at) on bot_sessions');
select regress_needed($$select bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}, {"session_id": "bot1"}]')$$,
  :'all', 'update (last_message, updated_at) on bot_sessions');
select regress_needed($$select bot_session_touch_many('[{"session_id": "bot1", "fence": 7}]')$$, :'all', 'update (updated_at) on bot_sessions',
  'select (session_id, fence, expires_at) on bot_session_leases');
select regress_needed($$select bot_session_touch_many('[{"session_id": "bot1", "fence": 6}]')$$, :'all', 'update (created_at) on bot_sessions',
  'select (session_id, fence, expires_at) on bot_session_leases');

-- expire
select regress_needed($$select bot_session_expire('1 hour')$$, :'all', 'update (status, qr_data) on bot_sessions');
select regress_needed($$select bot_session_expire('100 years')$$, 'select (session_id, status, updated_at) on bot_sessions',
  'update (created_at) on bot_sessions');

-- claim, renew, release
select regress_needed($$select bot_session_claim('w2')$$, 'select (session_id, status) on bot_sessions', 'update (created_at) on bot_sessions',
  :'returned', 'select (released_at) on bot_session_leases', 'update (worker, fence, expires_at, released_at) on bot_session_leases',
  'usage on sequence bot_session_fences');
select regress_needed($$select bot_session_renew('{"bot1": 7}')$$, 'select (session_id, status) on bot_sessions', :'returned',
  'update (expires_at) on bot_session_leases');
select regress_needed($$select bot_session_release('{"bot1": 7}')$$, 'select (session_id, status) on bot_sessions',
  'update (created_at) on bot_sessions', :'returned', 'update (expires_at, released_at) on bot_session_leases');

-- where a lease is locked to be read
begin isolation level repeatable read;
select regress_needed($$select bot_session_touch('bot1', fence => 7)$$, :'all', 'update (updated_at) on bot_sessions',
  'select (session_id, fence, expires_at) on bot_session_leases', 'update (worker) on bot_session_leases');
select regress_needed($$select bot_session_expire('1 hour')$$, :'all', 'update (status, qr_data) on bot_sessions');
rollback;

drop function regress_call(text, text[]), regress_needed(text, text[]);
drop owned by regress_bot;
drop role regress_bot;
