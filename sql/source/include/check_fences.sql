if fences is null or jsonb_typeof(fences) <> 'object' then
  raise invalid_parameter_value using
    message = 'fences must be a JSON object',
    hint = 'For example {"bot1": 42}, with the fences that bot_session_start and bot_session_claim returned.';
elsif exists (
    select from jsonb_each(fences)
    where not case when jsonb_typeof(value) = 'number' then value::text ~ '^-?[0-9]+$'
      and value::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
  raise invalid_parameter_value using
    message = 'every fence of fences must be a whole number',
    hint = 'A fence is a JSON number: 42 and not "42".';
end if;
