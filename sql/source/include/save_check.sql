if jsonb_typeof(element) <> 'object' then
  raise invalid_parameter_value using
    message = format('element %s of saves must be an object', number);
elsif jsonb_typeof(element -> 'session_id') not in ('string', 'null') then
  raise invalid_parameter_value using
    message = format('session_id of element %s of saves must be a string', number);
elsif element ->> 'fence' is not null
    and not (case when jsonb_typeof(element -> 'fence') = 'number' then element ->> 'fence' ~ '^-?[0-9]+$'
      and (element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
  raise invalid_parameter_value using
    message = format('fence of element %s of saves must be a whole number', number),
    hint = 'A fence is a JSON number: 42 and not "42".';
elsif element - '{session_id, data, fence}'::text[] <> '{}' then
  raise invalid_parameter_value using
    message = format('element %s of saves has an unknown key', number),
    hint = 'The keys are session_id, data and fence.';
elsif element ->> 'session_id' is null then
  raise invalid_parameter_value using
    message = format('element %s of saves has no session_id', number);
elsif char_length(element ->> 'session_id') not between 1 and 255 then
  raise invalid_parameter_value using
    message = format('session_id of element %s of saves must have between 1 and 255 characters', number);
end if;
