# A database of the version before the first release becomes one of this version, in
# both editions: rows, grants and what was done to the triggers stay, and every object
# is that of a fresh installation. What depends on something that goes is named.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $fixtures = "$FindBin::RealBin/../fixtures";
my $before = slurp_file("$fixtures/migration_before_release.sql");
chomp(my $dir = `pg_config --sharedir`);
my $script = "$dir/extension/botsession--0.9.0.sql";

plan(skip_all => "cannot write to $dir/extension") unless -w "$dir/extension";
END { unlink $script if defined $script; }
# Of a version that no update script leads away from
append_to_file($script, slurp_file("$fixtures/extension_before_release.sql"));

my $node = new_server('main');
$node->safe_psql('postgres', 'create role service_role; create role anon; create role authenticated; create role worker');

# All functions, types and triggers, and who may use them
my $objects = q{
	select pg_get_functiondef(oid), proowner::regrole, proacl, obj_description(oid) from pg_proc
	where pronamespace = 'public'::regnamespace order by proname;
	select typname, typowner::regrole, typacl, obj_description(t.oid), array(select format('%s %s', attname, format_type(atttypid, atttypmod))
		from pg_attribute where attrelid = typrelid order by attnum)
	from pg_type t join pg_class c on c.oid = typrelid and relkind = 'c' where typnamespace = 'public'::regnamespace order by typname;
	select tgname, tgenabled, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by tgname;
	select extversion from pg_extension where extname = 'botsession';
};

for my $edition (@EDITIONS)
{
	my $created = $edition eq 'c' ? "create extension botsession version '0.9.0'; set botsession.edition = 'c';" : "set botsession.edition = 'plpgsql';";
	my $install = "set botsession.edition = '$edition';\nset client_min_messages = warning;\n"
	  . slurp_file($ENV{BOTSESSION_MIGRATION} || "$FindBin::RealBin/../../sql/create_bot_sessions.sql");

	make_database($node, "fresh_$edition", $edition);
	my $fresh = $node->safe_psql("fresh_$edition", $objects);

	my $db = "old_$edition";
	$node->safe_psql('postgres', "create database $db");
	# The earlier migration would update the extension: there it was the newest
	my $old = $before;
	$old =~ s/elsif extension_version <> \(select default_version.*?\) then\n\s*alter extension botsession update;\n//s or die;
	$node->safe_psql($db, "$created\n$old");
	# Nothing was done to it: nothing differs afterwards
	$node->safe_psql('postgres', "create database untouched_$edition template $db");
	$node->safe_psql("untouched_$edition", $install);
	is($node->safe_psql("untouched_$edition", $objects), $fresh, "$edition: every object is that of a fresh database");

	$node->safe_psql($db, q{
		insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', 'hello', 'code'), ('bot2', null, null);
		update bot_sessions set status = 'inactive' where session_id = 'bot2';
		alter table bot_sessions add column phone text default '123';
		grant execute on function bot_session_start, bot_session_end to worker;
		grant execute on function bot_session_touch to authenticated with grant option;
		grant usage on type bot_session to worker;
		alter table bot_sessions disable trigger aa_bot_sessions_audit;
		alter trigger zz_bot_sessions_maintain on bot_sessions rename to zzz_maintain;
		alter table bot_sessions enable always trigger zzz_maintain;
	});
	my $rows = rows_and_events($node, $db);

	# bot_session_start is recreated where the extension is
	if ($edition eq 'c')
	{
		$node->safe_psql($db, q{create view mine as select status from bot_session_start('bot1')});
		my ($rc, $out, $err) = $node->psql($db, $install);
		like($err, qr/view public.mine depends on function public.bot_session_start/, "$edition: what depends on a function is named");
		is(rows_and_events($node, $db), $rows, "$edition: nothing has changed");
		$node->safe_psql($db, 'drop view mine');
	}

	like($node->safe_psql($db, $install), qr/^$edition\|/, "$edition: the migration runs");
	is(rows_and_events($node, $db), $rows, "$edition: the rows are what they were");
	is($node->safe_psql($db, q{
		select tgname, tgenabled from pg_trigger where tgrelid = 'bot_sessions'::regclass and not tgisinternal order by tgname;
		select has_function_privilege('worker', oid, 'execute') from pg_proc where proname in ('bot_session_start', 'bot_session_end');
		select has_function_privilege('authenticated', oid, 'execute with grant option') from pg_proc where proname = 'bot_session_touch';
		select has_type_privilege('worker', 'bot_session', 'usage');
		set role service_role;
		select last_message, previous_status from bot_session_start('bot1', 'w1');
	}), "aa_bot_sessions_audit|D\naa_bot_sessions_audit_change|D\naa_bot_sessions_audit_start|D\nzzz_maintain|A\nt\nt\nt\nt\nhello|active", "$edition: triggers and grants stay, and it works");
}

$node->stop;
done_testing();
