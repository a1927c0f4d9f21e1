-- Every kind of touch sets updated_at and leaves created_at, also twice in one transaction.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions values ('bot1', '2024-01-01', null, 'active', null, '2024-01-02');
begin;
select updated_at as t0 from bot_sessions \gset
select updated_at as t1 from bot_session_touch('bot1') \gset
select updated_at as t2 from bot_session_touch('bot1', 'hello') \gset
select updated_at as t3 from bot_session_touch('bot1', qr_data => 'qr-1') \gset
select updated_at as t4 from bot_session_touch('bot1', qr_data => '') \gset
select updated_at as t5 from bot_session_touch('bot1', 'hello', 'qr-1') \gset
commit;
select :'t0'::timestamptz < :'t1' and :'t1'::timestamptz < :'t2' and :'t2'::timestamptz < :'t3'
  and :'t3'::timestamptz < :'t4' and :'t4'::timestamptz < :'t5' as increasing,
  :'t5' = updated_at as stored, created_at = '2024-01-01' as created_kept
from bot_sessions;
