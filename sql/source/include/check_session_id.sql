if session_id is null then
  raise null_value_not_allowed using
    message = 'session_id must not be null',
    hint = 'Pass the name of the session, for example session_id => ''bot1''.';
elsif char_length(session_id) not between 1 and 255 then
  raise invalid_parameter_value using
    message = 'session_id must have between 1 and 255 characters';
end if;
