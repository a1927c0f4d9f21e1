# Sessions outlive a server that stops at once, and a backend that is killed
# while it waits inside a function.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main', "restart_after_crash = on\nautovacuum = off\n");

make_database($node, "bots_$_", $_) for @EDITIONS;

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	$node->safe_psql($db, q{
		select from bot_session_start('bot1');
		select from bot_session_touch('bot1', 'hello', 'code');
		select from bot_session_start('ended');
		select from bot_session_end('ended', 'logout');
	});
}

# Power off
my %before = map { $_ => rows_and_events($node, "bots_$_") } @EDITIONS;
my @open = map { psql_start($node, "bots_$_", q{
	begin;
	select from bot_session_touch('bot1', 'never committed');
	select from bot_session_start('never committed');
	select pg_sleep(600) -- open;
}) } @EDITIONS;
$node->safe_psql('postgres', wait_until(q{count(*) filter (where query like '%-- open%' and wait_event = 'PgSleep') = 2}));
$node->stop('immediate');
$node->start;
psql_finish($_) for @open;
for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	is(rows_and_events($node, $db), $before{$edition}, "$edition: what was committed is there, nothing else");
	is($node->safe_psql($db, q{
			select status, last_message, qr_data, previous_status from bot_session_start('bot1');
			select status, previous_status from bot_session_start('ended');
			select event from bot_session_events order by event_id desc limit 2;
		}), "active|hello|code|active\nactive|inactive\nreopened\nrecovered", "$edition: and can be told from new");
}

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";
	my $holder = q{
		begin;
		select from bot_session_touch('bot1', 'holder');
		prepare transaction 'holder';
	};

	# One waiting backend is terminated: the other waits on and gets its turn
	$node->safe_psql($db, $holder);
	my $victim = psql_start($node, $db, q{select status from bot_session_touch('bot1', 'victim')});
	my ($pid) = wait_until_waiting($node, $db, 1);
	my $other = psql_start($node, $db, q{select status, last_message from bot_session_touch('bot1', null, 'other')});
	wait_until_waiting($node, $db, 2);
	$node->safe_psql('postgres', "select pg_terminate_backend($pid)");
	wait_until_waiting($node, $db, 1);
	$node->safe_psql($db, q{commit prepared 'holder'});
	like(psql_finish($victim)->{err}, qr/57P01/, "$edition: terminated while it waited");
	is(psql_finish($other)->{out}, 'active|holder', "$edition: the other one goes on");
	is($node->safe_psql($db, q{select last_message, qr_data from bot_sessions where session_id = 'bot1'}),
		'holder|other', "$edition: nothing of the terminated one is stored");

	# kill -9 takes the server through recovery
	$node->safe_psql($db, $holder);
	$victim = psql_start($node, $db, q{select status from bot_session_touch_many('[{"session_id": "ended", "last_message": "victim"}, {"session_id": "bot1"}]')});
	($pid) = wait_until_waiting($node, $db, 1);
	my $started = $node->safe_psql($db, 'select pg_postmaster_start_time()');
	my $offset = -s $node->logfile;
	kill('KILL', $pid) == 1 or die "cannot kill $pid: $!";
	psql_finish($victim);
	# Until then it answers as if nothing had happened
	$node->wait_for_log(qr/terminated by signal 9/, $offset);
	$node->poll_query_until($db, 'select true') or die 'the server did not come back';
	is($node->safe_psql($db, q{rollback prepared 'holder'; select status from bot_session_touch('bot1')}),
		'active', "$edition: functions work after a backend was killed");
	is($node->safe_psql($db, q{select count(*) from bot_sessions where last_message = 'victim'}),
		0, "$edition: nothing of the killed one is stored");
	is($node->safe_psql($db, 'select pg_postmaster_start_time()'), $started, "$edition: by the same server");
}
$node->stop;
done_testing();
