-- A kind has 1 to 64 bytes, a key 1 to 512, a value at most 64 MB; one byte more is refused, and shown nowhere.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start(repeat('é', 255));
create function regress_save(kind text, key text, value text default '') returns integer language sql as
  $$ select bot_session_save(repeat('é', 255), jsonb_build_object(kind, jsonb_build_object(key, value))) $$;

select regress_save(repeat('k', 64), repeat('y', 512)) as longest;
select regress_save(repeat('é', 32), repeat('é', 256)) as longest_by_bytes;
select length(bot_session_load(repeat('é', 255), jsonb_build_object(repeat('é', 32), jsonb_build_array(repeat('é', 256))))::text);
\set VERBOSITY default
select regress_save(repeat('k', 65), 'secret');
\set VERBOSITY sqlstate
select regress_save('', 'key');
select regress_save(repeat('é', 33), 'key');
select regress_save('kind', '');
select regress_save('kind', repeat('y', 513));
select regress_save('kind', repeat('é', 257));
select bot_session_save(repeat('é', 255), jsonb_build_object('', null));
select bot_session_save(repeat('é', 255), jsonb_build_object('', '{}'::jsonb));
select bot_session_save(repeat('é', 255), jsonb_build_object(repeat('k', 65), null, 'kind', '{"a": "A", "b": "B"}'::jsonb));
select bot_session_save(repeat('é', 255), jsonb_build_object('kind', jsonb_build_object('a', 'A', '', null)));
select bot_session_load(repeat('é', 255), jsonb_build_object('', null));
select bot_session_load(repeat('é', 255), jsonb_build_object(repeat('k', 65), '[]'::jsonb));
select bot_session_load(repeat('é', 255), jsonb_build_object('kind', jsonb_build_array(repeat('y', 513))));
select bot_session_load(repeat('é', 255), jsonb_build_object('kind', '["a", ""]'::jsonb));
\set VERBOSITY default
begin;
select regress_save('kind', 'large', repeat('x', 64 * 1024 * 1024)) as largest;
select length(bot_session_load(repeat('é', 255), '{"kind": ["large"]}') -> 'kind' ->> 'large');
rollback;
\set VERBOSITY sqlstate
select regress_save('kind', 'large', repeat('x', 64 * 1024 * 1024 + 1));
select bot_session_save(repeat('é', 255), jsonb_build_object('kind', jsonb_build_object('a', 'A', 'large', repeat('x', 64 * 1024 * 1024 + 1))));
select count(*) from bot_session_data;
drop function regress_save;
