# A dump holds the sessions, their history and what users did to the tables.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main');
my $dumps = PostgreSQL::Test::Utils::tempdir;

# What is dumped besides the rows.
my $definitions = q{
	select 'relation', relname, relkind::text, relowner::regrole::text, relrowsecurity::text
	from pg_class where relnamespace = 'public'::regnamespace
	union all
	select 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), concat(attnotnull, atthasdef, attgenerated, attidentity)
	from pg_attribute where attrelid in ('bot_sessions'::regclass, 'bot_session_events'::regclass, 'bot_session_data'::regclass) and attnum > 0
	union all
	select 'index', indexname, indexdef, '', '' from pg_indexes where schemaname = 'public'
	union all
	select 'policy', tablename, policyname, concat(roles, cmd), qual from pg_policies
	union all
	select 'trigger', tgrelid::regclass::text, tgname, tgenabled::text, tgfoid::regprocedure::text
	from pg_trigger where not tgisinternal
	union all
	select 'function', p.oid::regprocedure::text, lanname, proowner::regrole::text, concat(prosecdef, proconfig)
	from pg_proc p join pg_language l on l.oid = prolang where pronamespace = 'public'::regnamespace
	union all
	select 'grant', object, grantee::regrole::text, privilege_type, is_grantable::text
	from (
		select relname::text, relacl from pg_class where relnamespace = 'public'::regnamespace
		union all
		select oid::regprocedure::text, proacl from pg_proc where pronamespace = 'public'::regnamespace
		union all
		select typname, typacl from pg_type where typnamespace = 'public'::regnamespace) as o (object, acl),
		aclexplode(acl)
	where grantee <> current_user::regrole
	union all
	select 'extension', extname, extversion, extnamespace::regnamespace::text, extowner::regrole::text
	from pg_extension
	order by 1, 2, 3, 4, 5;
};

$node->safe_psql('postgres', q{
	create role anon nologin;
	create role authenticated nologin;
	create role service_role nologin bypassrls;
	create role regress_owner nologin;
	create role regress_bot nologin;
});

for my $edition (@EDITIONS)
{
	my $db = "main_$edition";

	# Default privileges as old Supabase projects have them must not find their way into what is dumped
	$node->safe_psql('postgres', "create database $db");
	$node->safe_psql($db, q{
		alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
		alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
		alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
	});
	install($node, $db, $edition);
	$node->safe_psql($db, q{
		alter table bot_sessions add column phone text, add column label text generated always as (session_id || '!') stored;
		create index my_index on bot_sessions (updated_at) where status = 'active';
		create policy my_policy on bot_sessions for select to authenticated using (phone = current_user);
		create table my_messages (session_id text references bot_sessions on delete cascade, body text);
		create function my_trigger() returns trigger language plpgsql as 'begin new.phone := ''changed''; return new; end';
		create trigger my_trigger before insert or update on bot_sessions for each row execute function my_trigger();
		alter table bot_sessions disable trigger my_trigger;
		alter table bot_sessions enable always trigger zz_bot_sessions_maintain;
		grant select on bot_sessions to authenticated;
		grant select, update, insert on bot_sessions to regress_bot;
		grant execute on function bot_session_touch(text, text, text, bigint, interval) to regress_bot with grant option;
		grant execute on function bot_session_start(text, text, interval) to regress_bot, authenticated;

		select from bot_session_start('bot1');
		select from bot_session_touch('bot1', E'line\nbreak \\\\ tab\t "quotes" ''', '2@code');
		select from bot_session_start('it''s "bot" ' || U&'\+01F916');
		select from bot_session_touch('it''s "bot" ' || U&'\+01F916', repeat('long ', 200000));
		select from bot_session_save('bot1', jsonb_build_object('creds', jsonb_build_object('creds', repeat('sealed ', 20000)),
			'__proto__', jsonb_build_object('a::b/c@d', E'tab\t \\\\ "quotes" ''')));
		select from bot_session_start('ended');
		select from bot_session_save('ended', '{"creds": {"creds": "kept"}}');
		select from bot_session_end('ended', 'logout');
		insert into bot_sessions (session_id, created_at, updated_at, phone) values ('old', '2001-01-01', '2001-02-03', '123');
		select from bot_session_start('deleted');
		delete from bot_sessions where session_id = 'deleted';
		insert into my_messages values ('bot1', 'hello');
	});
	my $rows = rows_and_events($node, $db);
	my $defined = $node->safe_psql($db, $definitions);
	install($node, $db, $edition);
	is(rows_and_events($node, $db), $rows, "$edition: the migration keeps the rows when it runs again");
	is($node->safe_psql($db, $definitions), $defined, "$edition: and what the user changed");
	like($defined, qr/^grant\|bot_session_start\(text,text,interval\)\|service_role\|EXECUTE/m, "$edition: service_role may call");
	unlike($defined, qr/^grant\|bot_session[^|]*\|anon/m, "$edition: anon may nothing");
	like($defined, qr/^trigger\|bot_sessions\|my_trigger\|D/m, "$edition: the trigger is disabled");

	# Everything, as plain text and as an archive
	$node->command_ok([ 'pg_dump', '--create', '-f', "$dumps/$edition.sql", '-d', $db ], "$edition: dump");
	my $original = "original_$edition";
	my $archive = "archive_$edition";
	my $audited = "audited_$edition";
	$node->safe_psql('postgres', "alter database $db rename to $original");
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-f', "$dumps/$edition.sql" ],
		"$edition: restored in one pass");
	is(rows_and_events($node, $db), $rows, "$edition: rows are identical");
	is($node->safe_psql($db, $definitions), $defined, "$edition: so is what the user changed");

	$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dumps/$edition.dump", '-d', $original ], "$edition: archive");
	$node->safe_psql('postgres', "create database $archive");
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $archive, "$dumps/$edition.dump" ],
		"$edition: archive restored in one pass");
	is(rows_and_events($node, $archive), $rows, "$edition: rows of the archive are identical");
	is($node->safe_psql($archive, $definitions), $defined, "$edition: so is what the user changed");

	# What was restored works, for the role that was granted, and the events go on
	is(sqlstate($node, $db, q{set role regress_bot; select bot_session_touch('bot1')}), 'PT404',
		"$edition: row level security goes on");
	$node->safe_psql($db, 'create policy bot on bot_sessions to regress_bot using (true)');
	is($node->safe_psql($db, q{
			set role regress_bot;
			select status, qr_data, previous_status from bot_session_start('bot1');
			select last_message from bot_session_touch('bot1', 'after');
			select status from bot_session_start('new');
		}), "active|2\@code|active\nafter\nactive", "$edition: calls after the restore");
	is($node->safe_psql($db, q{
			select session_id, event, actor_role from bot_session_events order by event_id desc limit 2
		}), "new|created|regress_bot\nbot1|recovered|regress_bot", "$edition: the audit goes on");
	is(sqlstate($node, $db, q{update bot_sessions set status = 'gone'}), '23514', "$edition: the checks go on");
	is($node->safe_psql($db, q{
			select length(bot_session_load('bot1') -> 'creds' ->> 'creds');
			select bot_session_save('bot1', '{"creds": {"creds": "new"}}'), bot_session_forget('ended');
			select event from bot_session_events order by event_id desc limit 1;
		}), "140000\n1|1\nforgotten", "$edition: what the bots log in with is there");
	is(install($node, $db, $edition), $edition, "$edition: the migration runs over what was restored");
	$node->safe_psql($db, 'drop policy bot on bot_sessions');
	is($node->safe_psql($db, $definitions), $defined, "$edition: and changes nothing");

	# Only the data, into a database that has the tables
	my @tables = qw(-t bot_sessions -t bot_session_events -t bot_session_data);
	my @data = ('pg_dump', '--data-only', @tables, '-d', $original);
	$node->safe_psql($original, 'alter table bot_sessions drop column label');
	$rows = rows_and_events($node, $original);
	$node->command_ok([ @data, '--disable-triggers', '-f', "$dumps/disabled.sql" ], "$edition: data-only dump, triggers disabled");
	$node->command_ok([ @data, '-f', "$dumps/data.sql" ], "$edition: data-only dump");
	$node->command_ok([ 'pg_dump', '--data-only', '-t', 'bot_sessions', '-d', $original, '-f', "$dumps/sessions.sql" ],
		"$edition: data-only dump of the sessions");
	for my $case (
		[ 'disabled', '' ],
		[ 'data', '-c session_replication_role=replica' ])
	{
		my ($file, $options) = @$case;
		my $restored = "restored_${file}_$edition";
		make_database($node, $restored, $edition);
		$node->safe_psql($restored, 'alter table bot_sessions add column phone text');
		local $ENV{PGOPTIONS} = $options;
		$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $restored, '-f', "$dumps/$file.sql" ],
			"$edition: data-only restore, $file $options");
		local $ENV{PGOPTIONS} = '';
		is(rows_and_events($node, $restored), $rows, "$edition: rows are identical");
		is($node->safe_psql($restored, q{
				select previous_status from bot_session_start('bot1');
				select event from bot_session_events order by event_id desc limit 1;
			}), "active\nrecovered", "$edition: triggers work, and event numbers go on");
	}

	# With the triggers at work the sessions are audited as new
	make_database($node, $audited, $edition);
	$node->safe_psql($audited, 'alter table bot_sessions add column phone text');
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $audited, '-f', "$dumps/sessions.sql" ],
		"$edition: data-only restore of the sessions, triggers enabled");
	is(sessions($node, $audited), sessions($node, $original), "$edition: rows are identical, with their times");
	is($node->safe_psql($audited, 'select distinct event from bot_session_events'),
		'created', "$edition: audited as new");
	is($node->safe_psql($audited, 'select count(*) from bot_session_events'),
		$node->safe_psql($audited, 'select count(*) from bot_sessions'), "$edition: each of them");
	# ... which the numbers of the events in the dump would collide with
	$node->safe_psql($audited, 'truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity');
	$node->command_fails_like(
		[ 'psql', '-Xq', '-1', '-v', 'ON_ERROR_STOP=1', '-d', $audited, '-f', "$dumps/data.sql" ],
		qr/duplicate key value violates unique constraint "bot_session_events_pkey"/,
		"$edition: both tables need --disable-triggers");
	is(rows_and_events($node, $audited), "\n--\n", "$edition: nothing was restored then");

}

$node->stop;
done_testing();
