-- Tables, functions, operators and types of the same names in the schemas that the caller's search_path has first.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create schema regress_evil;
create table regress_evil.bot_sessions (like bot_sessions);
create table regress_evil.bot_session_events (like bot_session_events);
create temp table bot_sessions (like bot_sessions);
create temp table bot_session_events (like bot_session_events);
create function regress_evil.evil(text) returns boolean language plpgsql as $$ begin raise exception 'evil: %', $1; end $$;
do $$
declare f text;
begin
  foreach f in array array['char_length(pg_catalog.text) returns int', 'length(pg_catalog.text) returns int', 'now() returns timestamptz',
    'clock_timestamp() returns timestamptz', 'isfinite(timestamptz) returns boolean', 'substr(pg_catalog.text, int) returns pg_catalog.text',
    'strpos(pg_catalog.text, pg_catalog.text) returns int', 'current_setting(pg_catalog.text, boolean) returns pg_catalog.text',
    'set_config(pg_catalog.text, pg_catalog.text, boolean) returns pg_catalog.text', 'to_regclass(pg_catalog.text) returns regclass',
    'jsonb_typeof(jsonb) returns pg_catalog.text', 'text_eq(pg_catalog.text, pg_catalog.text) returns boolean',
    'text_ne(pg_catalog.text, pg_catalog.text) returns boolean', 'time_lt(timestamptz, timestamptz) returns boolean',
    'text_cat(pg_catalog.text, pg_catalog.text) returns pg_catalog.text', 'json_get(jsonb, pg_catalog.text) returns pg_catalog.text']
  loop
    execute 'create function regress_evil.' || f || ' language plpgsql as ''begin raise exception $e$evil$e$; end''';
  end loop;
end $$;
create operator regress_evil.= (leftarg = text, rightarg = text, function = regress_evil.text_eq);
create operator regress_evil.<> (leftarg = text, rightarg = text, function = regress_evil.text_ne);
create operator regress_evil.< (leftarg = timestamptz, rightarg = timestamptz, function = regress_evil.time_lt);
create operator regress_evil.|| (leftarg = text, rightarg = text, function = regress_evil.text_cat);
create operator regress_evil.->> (leftarg = jsonb, rightarg = text, function = regress_evil.json_get);
create domain regress_evil.text as pg_catalog.text check (regress_evil.evil(value));
create collation regress_evil."C" from pg_catalog."POSIX";

set local request.jwt.claims = '{"sub": "user-1"}';
set local search_path = regress_evil, pg_catalog, public;
select status, previous_status from public.bot_session_start('bot1');
select status, previous_status from public.bot_session_start('bot1');
select last_message, qr_data from public.bot_session_touch('bot1', 'hello', 'qr-1');
select last_message from public.bot_session_touch_many('[{"session_id": "bot1", "last_message": "many"}]');
select status from public.bot_session_end('bot1', 'why');
select session_id from public.bot_session_expire('1 hour');
-- direct writes too
insert into public.bot_sessions (session_id) values ('bot2');
update public.bot_sessions set status = 'inactive';
delete from public.bot_sessions;
reset search_path;
select session_id, event, reason, actor_sub from public.bot_session_events order by event_id;
select count(*) from regress_evil.bot_sessions;
select count(*) from regress_evil.bot_session_events;
select count(*) from pg_temp.bot_sessions;
select count(*) from pg_temp.bot_session_events;
rollback;
