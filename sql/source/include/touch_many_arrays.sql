select bool_or(case
    when jsonb_typeof(e.element) <> 'object' then true
    else jsonb_typeof(e.element -> 'session_id') is distinct from 'string'
      or not int4range(1, 256) @> char_length(e.element ->> 'session_id')
      or jsonb_typeof(e.element -> 'last_message') not in ('string', 'null')
      or jsonb_typeof(e.element -> 'qr_data') not in ('string', 'null')
      or e.element ->> 'fence' is not null
        and case when jsonb_typeof(e.element -> 'fence') = 'number' and e.element ->> 'fence' ~ '^-?[0-9]+$'
          then (e.element ->> 'fence')::numeric not between -9223372036854775808 and 9223372036854775807
          else true end
      or e.element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}'
  end),
  array_agg(e.element ->> 'session_id'), array_agg(e.element ->> 'last_message'), array_agg(e.element ->> 'qr_data'),
  array_agg(e.element ->> 'fence')
into malformed, ids, messages, qrs, fences
from jsonb_array_elements(sessions) as e (element);
