create type public.bot_session as (
  session_id text,
  created_at timestamptz,
  last_message text,
  status text,
  qr_data text,
  updated_at timestamptz,
  previous_status text,
  fence bigint
);
