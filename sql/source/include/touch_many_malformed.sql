declare
  element jsonb;
  key text;
begin
  for number, element in select e.number, e.element from jsonb_array_elements(sessions) with ordinality as e (element, number) loop
    if jsonb_typeof(element) <> 'object' then
      raise invalid_parameter_value using
        message = format('element %s of sessions must be an object', number);
    end if;
    foreach key in array '{session_id, last_message, qr_data}'::text[] loop
      if jsonb_typeof(element -> key) not in ('string', 'null') then
        raise invalid_parameter_value using
          message = format('%s of element %s of sessions must be a string', key, number);
      end if;
    end loop;
    if element ->> 'fence' is not null
        and not (case when jsonb_typeof(element -> 'fence') = 'number' then element ->> 'fence' ~ '^-?[0-9]+$'
          and (element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807 else false end) then
      raise invalid_parameter_value using
        message = format('fence of element %s of sessions must be a whole number', number),
        hint = 'A fence is a JSON number: 42 and not "42".';
    elsif element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}' then
      raise invalid_parameter_value using
        message = format('element %s of sessions has an unknown key', number),
        hint = 'The keys are session_id, last_message, qr_data and fence.';
    elsif element ->> 'session_id' is null then
      raise invalid_parameter_value using
        message = format('element %s of sessions has no session_id', number);
    elsif char_length(element ->> 'session_id') not between 1 and 255 then
      raise invalid_parameter_value using
        message = format('session_id of element %s of sessions must have between 1 and 255 characters', number);
    end if;
  end loop;
end;
