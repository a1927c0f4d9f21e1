-- A null value deletes the key, a null kind the kind; both count what was there.
\set SHOW_CONTEXT never
truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
select status from bot_session_start('bot1');
select * from bot_session_save('bot1', '{"creds": {"creds": "C"}, "session": {"a": "A", "b": "B"}, "pre-key": {"1": "1", "2": "2", "3": "3"}}') as changed;

select * from bot_session_save('bot1', '{"pre-key": {"1": null}}') as a_key;
select * from bot_session_save('bot1', '{"pre-key": {"1": null, "9": null}}') as gone_already;
select * from bot_session_save('bot1', '{"session": {"a": "A2", "b": null, "c": "C"}, "pre-key": null, "creds": {"creds": "C"}}') as mixed;
select bot_session_load('bot1')::jsonb as everything;
select * from bot_session_save('bot1', '{"pre-key": null, "other": {}}') as nothing;
select * from bot_session_save('bot1', '{}') as nothing;
-- an empty object deletes nothing, and makes no kind
select * from bot_session_save('bot1', '{"session": {}}') as nothing;
select bot_session_load('bot1')::jsonb as everything;

-- It writes before it deletes: that there was nothing for a moment is no event.
select * from bot_session_save('bot1', '{"session": null, "creds": null, "new": {"1": "1"}}') as changed;
select * from bot_session_save('bot1', '{"new": {"1": null, "2": "2"}}') as changed;
select event from bot_session_events where event = 'forgotten';
-- once, though two statements delete
select * from bot_session_save('bot1', '{"more": {"1": "1"}}') as changed;
select * from bot_session_save('bot1', '{"new": {"2": null}, "more": null}') as changed;
select session_id, event, reason from bot_session_events order by event_id;
select bot_session_load('bot1');
