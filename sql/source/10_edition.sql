  ---------------------------------------------------------------------------
  -- 1. Which edition?
  ---------------------------------------------------------------------------

  extension_version := (select extversion from pg_extension where extname = 'botsession');
  available_version := (select default_version from pg_available_extensions where name = 'botsession');
  edition := lower(nullif(current_setting('botsession.edition', true), ''));

  if edition not in ('c', 'plpgsql') then
    raise invalid_parameter_value using
      message = 'botsession.edition must be c or plpgsql';
  elsif edition = 'c' and coalesce(extension_version, available_version) is null then
    raise feature_not_supported using
      message = 'this server does not have the extension botsession',
      hint = 'Install it on the server, or reset botsession.edition to get the PL/pgSQL edition.';
  elsif edition is null then
    edition := case
      when extension_version is not null then 'c'
      when available_version is not null and has_database_privilege(current_database(), 'create') then 'c'
      else 'plpgsql' end;
    if edition = 'plpgsql' and available_version is not null then
      raise warning
        'extension botsession is available, but role % may not create it: installing the PL/pgSQL edition',
        current_user using
        hint = format('To get the C edition, run this as a role with CREATE on database %I.', current_database());
    end if;
  end if;
