-- What the examples use of Supabase, in a database of the template of supabase-roles.sql; run by the superuser.

do $$
begin
	if exists (select from pg_available_extensions where name = 'pg_cron') then
		create extension pg_cron;
		grant usage on schema cron to postgres;
		grant select, insert, delete on cron.job_run_details to postgres;
	end if;
end $$;

create schema auth;
create function auth.uid() returns uuid language sql stable as
	$$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;
grant usage on schema auth to public;

create schema realtime;
create table realtime.messages (topic text, extension text, payload jsonb, event text, private boolean);
alter table realtime.messages enable row level security, owner to postgres;
create function realtime.topic() returns text language sql stable as
	$$ select nullif(current_setting('realtime.topic', true), '') $$;
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
	language sql as $$ insert into realtime.messages values (topic, 'broadcast', payload, event, private) $$;
grant usage on schema realtime to postgres, authenticated;
grant select on realtime.messages to authenticated;

create schema vault;
create table vault.secrets (name text, secret text);
create view vault.decrypted_secrets as select name, secret as decrypted_secret from vault.secrets;
create function vault.create_secret(new_secret text, new_name text default null, new_description text default '',
	new_key_id uuid default null) returns uuid language sql security definer as
	$$ insert into vault.secrets values (new_name, new_secret) returning null::uuid $$;
grant usage on schema vault to postgres, service_role;
grant select, delete on vault.secrets to postgres;
grant select on vault.decrypted_secrets to postgres, service_role;
