-- Anything but an array of {session_id, last_message?, qr_data?} with strings: 22023, and nothing written.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
insert into bot_sessions values ('bot1', '2024-01-01', null, 'active', null, '2024-01-02'), ('1', '2024-01-01', null, 'active', null, '2024-01-02');

-- not an array
select * from bot_session_touch_many(null);
select * from bot_session_touch_many('null');
select * from bot_session_touch_many('"bot1"');
select * from bot_session_touch_many('1');
select * from bot_session_touch_many('true');
select * from bot_session_touch_many('{}');
select * from bot_session_touch_many('{"session_id": "bot1"}');
-- elements that are no objects
select * from bot_session_touch_many('[null]');
select * from bot_session_touch_many('["bot1"]');
select * from bot_session_touch_many('[1]');
select * from bot_session_touch_many('[[]]');
select * from bot_session_touch_many('[[{"session_id": "bot1"}]]');
-- no session_id, or not one
select * from bot_session_touch_many('[{}]');
select * from bot_session_touch_many('[{"last_message": "hello"}]');
select * from bot_session_touch_many('[{"session_id": null}]');
select * from bot_session_touch_many('[{"session_id": ""}]');
select * from bot_session_touch_many('[{"session_id": 1}]');
select * from bot_session_touch_many('[{"session_id": ["bot1"]}]');
-- values of another type
select * from bot_session_touch_many('[{"session_id": "bot1", "last_message": 1}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "last_message": true}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "last_message": {"text": "hello"}}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "qr_data": 1}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "qr_data": []}]');
-- unknown keys
select * from bot_session_touch_many('[{"session_id": "bot1", "status": "inactive"}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "sessionId": "bot1"}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "": "x"}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "Last_message": null}]');
select * from bot_session_touch_many('[{"session_id": "bot1", "last_messages": "x", "last_message": "y", "qr_data": "z"}]');
-- the last of many
select * from bot_session_touch_many('[{"session_id": "bot1", "last_message": "hello"}, {"session_id": "bot1"}, 3]');

select count(*) as untouched from bot_sessions where updated_at = '2024-01-02' and last_message is null;
