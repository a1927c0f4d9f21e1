cross join lateral jsonb_each(e.content) as k
left join lateral jsonb_each_text(case jsonb_typeof(k.value) when 'object' then k.value end) as v on true;
