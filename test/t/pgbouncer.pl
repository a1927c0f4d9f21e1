# Through pgbouncer in transaction mode, with fewer connections than clients: what
# one client's call leaves behind does not reach another one.  Statements prepared
# by the protocol need pgbouncer 1.21; before, drivers have to be told not to.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $found = `bash $FindBin::RealBin/../setup/pgbouncer.sh 2>&1`;
plan(skip_all => "no pgbouncer: $found") if $? != 0;
my ($program, $libraries) = split ' ', $found;
my $dir = PostgreSQL::Test::Utils::tempdir;
my $node = new_server('main');
my $port = PostgreSQL::Test::Cluster::get_free_port();

sub pgbouncer
{
	local $ENV{LD_LIBRARY_PATH} = join ':', grep { $_ } $libraries, $ENV{LD_LIBRARY_PATH};
	return IPC::Run::start([ $program, @_ ], '>', \my $out, '2>&1') if $_[0] ne '--version';
	IPC::Run::run([ $program, @_ ], '>', \my $version);
	return $version;
}

my ($major, $minor) = pgbouncer('--version') =~ /(\d+)\.(\d+)/;
my $prepares = $major > 1 || $minor >= 21;
note("pgbouncer $major.$minor");

$node->safe_psql('postgres', 'create role bot1 login superuser; create role bot2 login superuser');
append_to_file("$dir/users", qq{"bot1" ""\n});
append_to_file("$dir/ini", join "\n", '[databases]', '* = host=' . $node->host . ' port=' . $node->port . ' user=bot1', '[pgbouncer]',
	'listen_addr =', "listen_port = $port", "unix_socket_dir = $dir", 'auth_type = trust', "auth_file = $dir/users",
	'pool_mode = transaction', 'default_pool_size = 2', $prepares ? 'max_prepared_statements = 100' : '', '');
my $running = pgbouncer("$dir/ini");
END { my $status = $?; $running->signal('TERM') if $running; $? = $status; }

my %in = (host => $dir, port => $port, user => 'bot1');
my $connstr = join ' ', map { "$_=$in{$_}" } sort keys %in;
sub through
{
	my ($db, $sql) = @_;
	IPC::Run::run([ 'psql', '-XAtq', '-d', "$connstr dbname=$db" ], '<', \"\\set VERBOSITY sqlstate\n$sql", '>', \my $out, '2>', \my $err);
	chomp $out;
	return ($out, $err);
}

for my $try (1 .. 1800)
{
	my ($out) = through('postgres', 'select 1');
	last if $out eq '1';
	die 'pgbouncer does not answer' if $try == 1800;
	select undef, undef, undef, 0.1;
}

for my $way (@WAYS)
{
	my $db = make_way($node, $way);
	my ($out, $err);

	# What fails, and what was announced of it, is not left to the next client on the same connection
	through($db, q{select from bot_session_start('bot1'); select from bot_session_end('bot1', 'mine'); select from bot_session_touch('bot1', qr_data => 'code');});
	through($db, q{begin; select from bot_session_start('bot1'); select from bot_session_end('unknown', 'mine'); rollback;}) for 1 .. 4;
	through($db, q{update bot_sessions set status = 'active'; update bot_sessions set status = 'inactive';});
	is($node->safe_psql($db, q{select event, reason from bot_session_events order by event_id}),
		"created|\nended|mine\nreopened|\nended|", "$way: the reason stays with its call");

	through($db, q{select from bot_session_start('bot2'); select bot_session_save('bot2', '{"creds": {"creds": "1"}}'); select bot_session_forget('bot2', reason => 'logout');});
	through($db, q{begin; select bot_session_save('bot2', '{"creds": {"creds": "2"}}'); select bot_session_forget('bot2', reason => 'never'); rollback;});
	through($db, q{select bot_session_save('bot2', '{"creds": {"creds": "3"}}'); delete from bot_session_data;});
	is($node->safe_psql($db, q{select reason is null, reason from bot_session_events where event = 'forgotten' order by event_id}),
		"f|logout\nt|", "$way: and that of a forget with its own");

	for my $mode (qw(simple extended prepared))
	{
		append_to_file("$dir/$mode.sql", qq{\\set id random(1, 50)
			select from bot_session_start('$mode' || :id);
			select from bot_session_touch('$mode' || :id, 'm' || :id);
			select from bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', '$mode' || :id, 'qr_data', 'code')));
			select from bot_session_end('$mode' || :id);
			select from bot_session_start('$mode data' || :id);
			select bot_session_save('$mode data' || :id, jsonb_build_object('creds', jsonb_build_object('creds', 'v' || :id)));
			select bot_session_save_many(jsonb_build_array(jsonb_build_object('session_id', '$mode data' || :id,
				'data', jsonb_build_object('session', jsonb_build_object('a', 'v' || :id, 'b', null)))));
			select bot_session_load('$mode data' || :id);
			select bot_session_forget('$mode data' || :id);
			select bot_session_save('$mode data' || :id, jsonb_build_object('creds', jsonb_build_object('creds', 'v' || :id)));}) unless -e "$dir/$mode.sql";
		# Of several clients, or each would keep a connection that is its own in effect
		IPC::Run::run([ 'pgbench', '-n', '-c', '6', '-t', '20', '-M', $mode, '-f', "$dir/$mode.sql", "$connstr dbname=$db" ],
			'>', \$out, '2>', \$err);
		if ($mode eq 'prepared' && !$prepares)
		{
			like($err, qr/prepared statement "\w+" (does not exist|already exists)/, "$way: $mode statements are not for pgbouncer before 1.21");
		}
		else
		{
			like($out, qr{actually processed: 120/120}, "$way: $mode: every call is answered")
			  or diag($err);
			is($node->safe_psql($db, qq{select count(*) > 0, count(*) filter (where value <> 'v' || substr(session_id, length('$mode data') + 1))
				from bot_session_data where session_id like '$mode data%'}), 't|0', "$way: $mode: every session has its own data");
		}
	}
}

$node->stop;
done_testing();
