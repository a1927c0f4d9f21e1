comment on type public.bot_session is
'A session as the functions return it: the row of bot_sessions after the call, previous_status and fence. previous_status is the status before the call, NULL if the call created the session. After bot_session_start, active means that the last run of the bot never ended it. fence is that of the caller''s lease, NULL without a lease.';
comment on type public.bot_session_lease is
'A lease as the functions return it: worker runs the session until expires_at. fence grows with every new lease of any session. A write with an older fence is rejected.';
