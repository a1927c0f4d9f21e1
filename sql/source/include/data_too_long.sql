raise invalid_parameter_value using
  message = format('in %s a kind must have 1 to 64 bytes, a key 1 to 512 bytes, a value at most 64 MB', coalesce(argument, 'data'));
