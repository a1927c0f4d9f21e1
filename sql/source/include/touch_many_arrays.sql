select bool_or(case
    when jsonb_typeof(e.element) <> 'object' then true
    else jsonb_typeof(e.element -> 'session_id') is distinct from 'string'
      or char_length(e.element ->> 'session_id') not between 1 and 255
      or jsonb_typeof(e.element -> 'last_message') not in ('string', 'null')
      or jsonb_typeof(e.element -> 'qr_data') not in ('string', 'null')
      or case jsonb_typeof(e.element -> 'fence')
        when 'number' then not (e.element ->> 'fence' ~ '^-?[0-9]+$'
          and (e.element ->> 'fence')::numeric between -9223372036854775808 and 9223372036854775807)
        else e.element ->> 'fence' is not null
      end
      or e.element - '{session_id, last_message, qr_data, fence}'::text[] <> '{}'
  end),
  array_agg(e.element ->> 'session_id'), array_agg(e.element ->> 'last_message'), array_agg(e.element ->> 'qr_data'),
  array_agg(e.element ->> 'fence')
into malformed, ids, messages, qrs, fences
from jsonb_array_elements(sessions) as e (element);
