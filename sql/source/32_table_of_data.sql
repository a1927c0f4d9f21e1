
  -- What bots log in with. Values of up to 8 kB stay in the row, where most of them are updated in place; neither JSON
  -- nor sealed text gains by compression what that costs. kind and key are compared byte by byte.
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
    alter table public.bot_session_data enable row level security;
    comment on table public.bot_session_data is
      'What bots log in with: credentials. '
      'bot_session_save and bot_session_save_many write it, bot_session_load reads it, '
      'bot_session_forget deletes it. It goes with its session.';
    comment on column public.bot_session_data.session_id is 'name of the session';
    comment on column public.bot_session_data.kind is
      'kind of the key in the bot''s library, for example creds or session; 1 to 64 bytes';
    comment on column public.bot_session_data.key is 'name of the value within its kind, 1 to 512 bytes';
    comment on column public.bot_session_data.value is
      'text character for character as given, often JSON or sealed; a credential that gives access to the account';
    comment on column public.bot_session_data.updated_at is 'when the value was last written';
  end if;
