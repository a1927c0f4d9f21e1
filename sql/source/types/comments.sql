comment on type public.bot_session is
'A session as the functions return it: the row of bot_sessions after the call, previous_status, the status before it, and fence. previous_status is NULL where the call created the session; after bot_session_start, active means that the last run of the bot never ended it. fence is that of the caller''s lease, NULL where none is involved.';
comment on type public.bot_session_lease is
'A lease as the functions return it: worker runs the session until expires_at. fence grows with every new lease of any session; a write that gives an older one is refused.';
