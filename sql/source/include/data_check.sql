if content is null or jsonb_typeof(content) <> 'object' or content @? 'strict $.* ? (@.type() != "object" && @.type() != "null"
    || exists (@.* ? (@.type() != "string" && @.type() != "null")))' then
  raise invalid_parameter_value using
    message = format('%s must be an object of kinds, each null or an object of keys with values that are strings or null',
      coalesce(argument, 'data')),
    hint = 'For example {"creds": {"creds": "text"}, "session": {"a.0": "text", "b.1": null}}.';
end if;
