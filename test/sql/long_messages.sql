-- Messages and QR codes of a megabyte, stored out of line: kept, returned and replaced.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

-- does not compress
select string_agg(md5(n::text), '') as random from generate_series(1, 32768) n \gset
select status from bot_session_start('bot1');
select length(last_message), last_message = :'random' as same, qr_data from bot_session_touch('bot1', :'random', 'qr-1');
select pg_column_size(last_message) > 1000000 as whole, pg_relation_size(reltoastrelid) > 1000000 as out_of_line
from bot_sessions, pg_class where oid = 'bot_sessions'::regclass;
-- all of it, by every function, while another column changes
select last_message = :'random' as same, previous_status from bot_session_start('bot1');
select last_message = :'random' as same, qr_data from bot_session_touch('bot1', qr_data => '');
select last_message = :'random' as same from bot_session_touch('bot1');
select last_message = :'random' as same, qr_data = :'random' as same_qr
from bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', 'qr_data', :'random'), jsonb_build_object('session_id', 'bot1')));
select last_message = :'random' as same, qr_data is null as removed from bot_session_end('bot1', 'why');
select last_message = :'random' as same, qr_data is null as removed from bot_session_end('bot1', 'again');
-- an update that a trigger cancels returns the row as it was
begin;
create function regress_cancel() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger regress_cancel before update on bot_sessions for each row execute function regress_cancel();
select last_message = :'random' as same from bot_session_touch('bot1', 'other');
rollback;
-- and one that a trigger deletes
begin;
create function regress_delete() returns trigger language plpgsql as
$$ begin delete from public.bot_sessions where session_id = new.session_id; return null; end $$;
create trigger regress_delete after update on bot_sessions for each row execute function regress_delete();
select last_message = :'random' as same from bot_session_touch('bot1');
rollback;
-- direct updates
update bot_sessions set status = 'active', qr_data = :'random' where session_id = 'bot1' returning last_message = :'random' as same, qr_data = :'random' as same_qr;
update bot_sessions set status = 'inactive' where session_id = 'bot1' returning last_message = :'random' as same, qr_data is null as removed;
-- replaced
select length(last_message) from bot_session_touch('bot1', reverse(:'random'));
select last_message = reverse(:'random') as same from bot_sessions;
select last_message from bot_session_touch('bot1', 'short');
-- of many rows, each its own
insert into bot_sessions (session_id, last_message, updated_at) select 'long' || n, :'random' || n, '2024-01-01' from generate_series(1, 20) n;
select count(*), bool_and(last_message = :'random' || substr(session_id, 5)) as same from bot_session_expire('1 hour');
