-- actor_sub is the sub of the JWT's claims; absent, empty or no JSON gives NULL, never an error.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
-- absent
insert into bot_sessions (session_id) values ('never set');
do $$
declare
  claims text[][] := array[
    ['plain', '{"role": "authenticated", "sub": "user-1"}'],
    ['empty', ''],
    ['blank', ' '],
    ['no json', 'Bearer abc'],
    ['cut off', '{"sub": "user-1"'],
    ['no sub', '{"role": "anon"}'],
    ['null sub', '{"sub": null}'],
    ['empty sub', '{"sub": ""}'],
    ['number', '{"sub": 42}'],
    ['object', '{"sub": {"id": 1}}'],
    ['twice', '{"sub": "first", "sub": "second"}'],
    ['inner', '{"user": {"sub": "user-1"}}'],
    ['array', '["sub"]'],
    ['string', '"sub"'],
    ['null', 'null'],
    ['escaped', '{"sub": "\u0062ot \"x\" \\ \n"}'],
    ['NUL', '{"sub": "a\u0000b"}'],
    ['surrogate', '{"sub": "\ud83d"}'],
    ['deep', repeat('[', 100000)],
    ['deep sub', '{"sub": ' || repeat('[', 100000)]];
begin
  for n in 1 .. array_length(claims, 1) loop
    perform set_config('request.jwt.claims', claims[n][2], true);
    perform bot_session_start(claims[n][1]);
  end loop;
end
$$;
select session_id, actor_sub, actor_sub is null as is_null from bot_session_events where event = 'created' order by event_id;
-- a failure of the claims undoes nothing
select count(*) from bot_sessions;
rollback;
-- the old settings of PostgREST are not read
begin;
set local request.jwt.claim.sub = 'user-1';
select session_id from bot_session_start('bot1');
select actor_sub from bot_session_events;
rollback;
