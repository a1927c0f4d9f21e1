-- The messages, details and hints in full. The message of a PT code is constant; none shows a QR code or a message.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;

insert into bot_sessions (session_id, status) values ('bot1', 'inactive');
select * from bot_session_start(null);
select * from bot_session_start('');
select * from bot_session_touch(e'it''s "x"\n\\');
select * from bot_session_end('bot2', 'why');
select * from bot_session_touch('bot1', 'secret', 'secret');
select * from bot_session_expire(null);
select * from bot_session_expire('1 hour', 0);
select * from bot_session_touch_many('{}');
select * from bot_session_touch_many('[{"session_id": "bot1"}, 2]');
select * from bot_session_touch_many('[{"session_id": "bot1"}, {"last_message": "secret"}]');
select * from bot_session_touch_many('[{"session_id": ""}]');
select * from bot_session_touch_many('[{"session_id": 1}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "last_message": {}}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "qr_data": 1}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "secret": "secret"}]');
insert into bot_sessions (session_id) values (null);
insert into bot_sessions (session_id) values ('');
insert into bot_sessions (session_id, created_at) values ('bot2', null);
insert into bot_sessions (session_id, status) values ('bot2', null);
insert into bot_sessions (session_id, status) values ('bot2', 'secret');
