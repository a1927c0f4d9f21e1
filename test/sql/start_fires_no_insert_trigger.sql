-- A session that is there is updated, not upserted: insert triggers stay quiet, sequences are not used up.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

begin;
create sequence regress_numbers;
alter table bot_sessions add column number bigint default nextval('regress_numbers');
create function regress_notice() returns trigger language plpgsql as
$$ begin raise notice '% fired', tg_op; return new; end $$;
create trigger regress_notice before insert or update on bot_sessions
for each row execute function regress_notice();

select previous_status from bot_session_start('bot1');
select previous_status from bot_session_start('bot1');
select previous_status from bot_session_start('bot2');
select session_id, number from bot_sessions order by session_id;
rollback;
