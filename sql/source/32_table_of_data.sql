  -- What bots log in with. Values of up to 8 kB stay in the row, where most of them are updated in place; neither JSON nor
  -- sealed text gains by compression what that costs. kind and key are compared byte by byte.
  if data is null then
    create table public.bot_session_data (
      session_id text not null references public.bot_sessions on update cascade on delete cascade,
      kind text collate "C" not null,
      key text collate "C" not null,
      value text not null,
      updated_at timestamptz not null default now(),
      primary key (session_id, kind, key)
    ) with (fillfactor = 70, toast_tuple_target = 8160);
    alter table public.bot_session_data alter value set storage external;
    comment on table public.bot_session_data is
      'What the bot of a session logs in with: a credential store. Written by bot_session_save and bot_session_save_many, read by bot_session_load, deleted by bot_session_forget and with the session.';
    comment on column public.bot_session_data.session_id is 'name of the session';
    comment on column public.bot_session_data.kind is 'kind of the key, as the bot''s library calls it, for example creds or session; 1 to 64 bytes';
    comment on column public.bot_session_data.key is 'name of the value within its kind, 1 to 512 bytes';
    comment on column public.bot_session_data.value is
      'JSON text, or text sealed by the service, character for character as given: a credential, whoever sees it can take the account over';
    comment on column public.bot_session_data.updated_at is 'when the value was last written';
    execute format('alter table public.bot_session_data owner to %s', tables_owner);
  end if;
