begin
  subject := nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '');
exception when others then
  subject := null; -- no JSON: no reason to refuse the change
end;
