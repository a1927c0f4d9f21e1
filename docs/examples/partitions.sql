-- run by: docs/examples/partitions.sh
create schema bot_session_partitions;

create table bot_sessions (
  session_id text primary key,
  created_at timestamptz not null default now(),
  last_message text,
  status text not null default 'active',
  qr_data text,
  updated_at timestamptz not null default now()
) partition by hash (session_id);

do $$
begin
  for n in 0..15 loop
    execute format('create table bot_session_partitions.p%s partition of bot_sessions
      for values with (modulus 16, remainder %1$s) with (fillfactor = 70)', n);
  end loop;
end $$;
