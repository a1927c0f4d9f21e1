create extension if not exists pgcrypto with schema extensions;
select from vault.create_secret(encode(extensions.gen_random_bytes(32), 'base64'), 'bot_session_qr_key');

create function bot_session_qr_key() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  key text := (select decrypted_secret from vault.decrypted_secrets where name = 'bot_session_qr_key');
begin
  if key is null then
    raise 'the vault holds no bot_session_qr_key';
  end if;
  return key;
end $$;

create function bot_session_set_qr(session_id text, qr text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select from public.bot_session_touch(session_id,
    qr_data => extensions.armor(extensions.pgp_sym_encrypt(qr, public.bot_session_qr_key())))
$$;

create function bot_session_get_qr(session_id text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select extensions.pgp_sym_decrypt(extensions.dearmor(s.qr_data), public.bot_session_qr_key())
  from public.bot_sessions s where s.session_id = bot_session_get_qr.session_id
$$;

revoke execute on function bot_session_qr_key, bot_session_set_qr, bot_session_get_qr from public, anon, authenticated;
grant execute on function bot_session_qr_key, bot_session_set_qr, bot_session_get_qr to service_role;

set role service_role;
select from bot_session_start('bot1');
select from bot_session_set_qr('bot1', '2@secret');
do $$
begin
  assert (select qr_data ~ '^-----BEGIN PGP MESSAGE-----' and qr_data !~ 'secret' from bot_sessions);
  assert bot_session_get_qr('bot1') = '2@secret';
  perform bot_session_end('bot1');
  assert bot_session_get_qr('bot1') is null;
end $$;
set role authenticated;
do $$
begin
  perform bot_session_get_qr('bot1');
  assert false, 'read';
exception when insufficient_privilege then
end $$;
reset role;
delete from vault.secrets;
set role service_role;
do $$
begin
  perform bot_session_set_qr('bot1', '2@secret');
  assert false, 'stored';
exception when raise_exception then
  assert sqlerrm ~ 'the vault holds no';
end $$;
