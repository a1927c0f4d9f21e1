-- Where PostgREST set it. That it is no JSON is no reason to refuse the change.
if current_setting('request.jwt.claims', true) <> '' then
  begin
    subject := nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '');
  exception when others then
    subject := null;
  end;
end if;
