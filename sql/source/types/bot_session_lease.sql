create type public.bot_session_lease as (
  session_id text,
  worker text,
  fence bigint,
  expires_at timestamptz
);
