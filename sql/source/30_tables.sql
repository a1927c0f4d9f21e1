  ---------------------------------------------------------------------------
  -- 3. The tables. They are yours: add columns, indexes, policies, triggers.
  ---------------------------------------------------------------------------

  if sessions is null then
    create table public.bot_sessions (
      session_id text primary key,
      created_at timestamptz not null default now(),
      last_message text,
      status text not null default 'active',
      qr_data text,
      updated_at timestamptz not null default now()
    ) with (fillfactor = 70); -- room for the next versions of a row on its own page, and for rows to grow
    -- A QR code is an image or random text: trying to compress it costs more than it saves.
    alter table public.bot_sessions alter qr_data set storage external;
    alter table public.bot_sessions enable row level security;
    comment on table public.bot_sessions is
      'Sessions of messaging bots. '
      'Call bot_session_start, bot_session_touch and bot_session_end, or write to it directly.';
    comment on column public.bot_sessions.session_id is 'name of the session, 1 to 255 characters';
    comment on column public.bot_sessions.created_at is 'when the session was first started';
    comment on column public.bot_sessions.last_message is 'last message received or sent';
    comment on column public.bot_sessions.status is 'active or inactive';
    comment on column public.bot_sessions.qr_data is
      'last QR code generated, a credential that gives access to the account; NULL if the session is inactive';
    comment on column public.bot_sessions.updated_at is
      'when the row was last written; set by the trigger, grows with every update';
  end if;

  -- The audit trail. No foreign key: history outlives a deleted session.
  if events is null then
    create table public.bot_session_events (
      event_id bigint generated always as identity primary key,
      session_id text,
      event text not null,
      reason text,
      actor_role text,
      actor_sub text,
      happened_at timestamptz not null default clock_timestamp()
    );
    create index bot_session_events_session_id_idx on public.bot_session_events (session_id, event_id);
    alter table public.bot_session_events enable row level security;
    comment on table public.bot_session_events is 'Audit trail of bot_sessions. Its triggers write it; append only.';
    comment on column public.bot_session_events.event_id is 'orders the events of a session';
    comment on column public.bot_session_events.session_id is 'name of the session, which may be gone';
    comment on column public.bot_session_events.event is
      'created, recovered, reopened, ended or deleted; for leases claimed, released or lease_lost; for data forgotten';
    comment on column public.bot_session_events.reason is
      'what the caller of bot_session_end, bot_session_expire or bot_session_forget gave; for leases, the worker';
    comment on column public.bot_session_events.actor_role is 'role that made the change';
    comment on column public.bot_session_events.actor_sub is 'sub of the JWT, if the change came through PostgREST';
    comment on column public.bot_session_events.happened_at is
      'time of the change by the clock, not of the transaction';
  end if;

  -- Who runs which session, where workers are named. A sequence of its own, so that fences
  -- do not begin anew with the table, nor with the sequence.
  if to_regclass('public.bot_session_fences') is null then
    create sequence public.bot_session_fences;
    comment on sequence public.bot_session_fences is 'Fences of bot_session_leases: never set it back.';
  end if;
  if leases is null then
    create table public.bot_session_leases (
      session_id text primary key references public.bot_sessions on update cascade on delete cascade,
      worker text not null,
      fence bigint not null default nextval('public.bot_session_fences'),
      expires_at timestamptz,
      released_at timestamptz
    );
    -- Since when a session is abandoned; sessions that have ended are not in it.
    create index bot_session_leases_abandoned_idx on public.bot_session_leases (coalesce(expires_at, released_at))
      where coalesce(expires_at, released_at) is not null;
    alter table public.bot_session_leases enable row level security;
    comment on table public.bot_session_leases is
      'Which worker runs which session, and until when. '
      'Written by bot_session_start, bot_session_claim, bot_session_renew and bot_session_release.';
    comment on column public.bot_session_leases.session_id is 'name of the session';
    comment on column public.bot_session_leases.worker is 'process that holds the lease, or held it last';
    comment on column public.bot_session_leases.fence is
      'grows with every new lease; a write with an older one is rejected';
    comment on column public.bot_session_leases.expires_at is
      'until when the lease is good without renewal; NULL once it was released or the session ended';
    comment on column public.bot_session_leases.released_at is
      'when the lease of a session that stays active was given back; NULL while it is held, and once the session ended';
  end if;
