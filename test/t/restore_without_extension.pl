# A database with the C edition is restored on a server that does not have the
# extension: all rows arrive, and the migration brings the functions back.
#
# That server is a copy of this one: the same files without the extension's.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dumps = PostgreSQL::Test::Utils::tempdir;

my $with = new_server('with');
my ($path) = copy_of_the_server();
my $without = PostgreSQL::Test::Cluster->new('without', install_path => $path);
$without->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$without->start;
is($without->safe_psql('postgres', "select count(*) from pg_available_extensions where name = 'botsession'"),
	0, 'the server does not have the extension');
isnt($without->safe_psql('postgres', 'select count(*) from pg_available_extensions'), 0, 'but others');

my $roles = 'create role service_role nologin bypassrls; create role regress_bot nologin;';
$with->safe_psql('postgres', $roles);
$without->safe_psql('postgres', $roles);

make_database($with, 'bots', 'c');
$with->safe_psql('bots', q{
	alter table bot_sessions add column phone text default '123';
	grant select on bot_sessions to regress_bot;
	select from bot_session_start('bot1');
	select from bot_session_touch('bot1', 'hello', 'code');
	select from bot_session_start('ended');
	select from bot_session_end('ended', 'logout');
});
my $rows = rows_and_events($with, 'bots');

$with->command_ok([ 'pg_dump', '-f', "$dumps/c.sql", '-d', 'bots' ], 'dump of the C edition');
$without->safe_psql('postgres', 'create database bots');
my ($rc, undef, $errors) = $without->psql('bots', slurp_file("$dumps/c.sql"), on_error_stop => 0);
like($errors, qr/extension "botsession" is not available/, 'the extension cannot be restored');
is(rows_and_events($without, 'bots'), $rows, 'the rows can');
is(sqlstate($without, 'bots', q{select bot_session_start('bot1')}), '42883', 'no functions');

is(install($without, 'bots', ''), 'plpgsql', 'the migration brings the other edition');
is(rows_and_events($without, 'bots'), $rows, 'rows are as they were');
is($without->safe_psql('bots', q{
		set role service_role;
		select status, qr_data, last_message, previous_status from bot_session_start('bot1');
		select status from bot_session_end('bot1', 'done');
		select session_id, event, reason, actor_role from bot_session_events order by event_id desc limit 2;
	}),
	"active|code|hello|active\ninactive\nbot1|ended|done|service_role\nbot1|recovered||service_role",
	'functions, triggers and grants are back');
is(sqlstate($without, 'bots', q{update bot_sessions set status = 'gone'}), '23514', 'checks are back');
is($without->safe_psql('bots', q{select has_table_privilege('regress_bot', 'bot_sessions', 'select')}),
	't', 'what the user granted on the table is kept');
is(sqlstate($without, 'bots', "set botsession.edition = 'c';\n" . slurp_file("$FindBin::RealBin/../../sql/create_bot_sessions.sql")),
	'0A000', 'the C edition cannot be forced here');

# And home again
$without->command_ok([ 'pg_dump', '-f', "$dumps/plpgsql.sql", '-d', 'bots' ], 'dump of the PL/pgSQL edition');
$rows = rows_and_events($without, 'bots');
$with->safe_psql('postgres', 'create database again');
$with->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', 'again', '-f', "$dumps/plpgsql.sql" ],
	'restored where the extension is');
is(rows_and_events($with, 'again'), $rows, 'rows are identical');
is(install($with, 'again', ''), 'c', 'the migration moves it to the C edition');
is(rows_and_events($with, 'again'), $rows, 'rows are as they were');
is($with->safe_psql('again', q{set role service_role; select status, previous_status from bot_session_start('bot1')}),
	'active|inactive', 'functions work');

$with->stop;
$without->stop;
done_testing();
