--include 00_header.sql

--include 10_edition.sql

--include 20_tables_there.sql

--include 22_rows_there.sql

--include 24_functions_there.sql

--include 26_what_tables_lack.sql

--include 30_tables.sql

--include 32_table_of_data.sql

--include 35_tables_mended.sql

--include 40_what_is_recreated.sql

--include 50_functions.sql

--include 55_overview.sql

--include 60_triggers.sql

--include 70_grants.sql

--include 90_report.sql
