-- Functions of the same names that somebody else makes in the schema are not called by ours: those pass all arguments.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions (session_id, updated_at) values ('bot1', '2024-01-01'), ('bot2', '2024-01-02'), ('bot3', '2024-01-03');
update bot_sessions set status = 'inactive' where session_id = 'bot3';

begin;
create role regress_other;
grant create, usage on schema public to regress_other;
set role regress_other;
do $$
declare
  signature text;
begin
  foreach signature in array '{
      "touch(text, text)", "touch(text, text, text)", "touch(text, text, text, bigint)", "touch(text, variadic text[])",
      "touch(text, text, text, integer, interval)", "touch(text, text, number integer default 1)",
      "lease_allows(text)", "lease_allows(text, text)", "lease_allows(text, integer)", "lease_allows(varchar, bigint)",
      "lock_leases(text)", "lock_leases(anyarray)", "lock_leases(variadic integer[])"}'::text[] loop
    execute format('create function public.bot_session_%s returns integer language plpgsql as %L', signature,
      'begin raise exception ''called by % as %'', user, current_query(); end');
  end loop;
end $$;
reset role;
select session_id, last_message, qr_data, status from bot_session_touch_many('[{"session_id": "bot1", "last_message": "one"}, {"session_id": "bot2", "qr_data": "qr"},
  {"session_id": "bot3", "last_message": "three", "qr_data": "qr"}, {"session_id": "bot2"}]');
select session_id from bot_session_expire('1 microsecond') order by session_id;
rollback;
