-- A subquery hides the arrays from the planner, so that one plan does for all calls, and a limit that it does not know
-- makes it expect one row, and look each up by the key's index. Of a table with a page or two it may rather read all,
-- and would go on to when the table has grown: so a small table and a large one have each their own plans. Rows that
-- are there first: to look a row up and update it costs less than to try to insert it.
if pg_relation_size('public.bot_session_data') < 65536 then
  --include include/data_write_planned.sql
else
  --include include/data_write_planned.sql
end if;
