# A connection that breaks in the middle of a batch: all of the batch is stored,
# or nothing.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main', "client_connection_check_interval = 0\n");
my $batch = q{select from bot_session_touch_many('[{"session_id": "bot1", "last_message": "batch"},
	{"session_id": "bot2", "last_message": "batch"}, {"session_id": "bot1", "qr_data": "code"}]')};
my $stored = q{select session_id, last_message, qr_data from bot_sessions order by session_id};

# Stop a backend after the batch has written its first element; what is to happen then is done by
# the test, with the client and the backend's pid
sub in_the_middle
{
	my ($db, $settings, $do) = @_;

	$node->safe_psql($db, q{begin; select pg_advisory_xact_lock(1); prepare transaction 'gate'});
	my $client = psql_start($node, $db, "$settings\n$batch;");
	my ($pid) = wait_until_waiting($node, $db, 1);
	$do->($client, $pid);
	psql_finish($client);
	return $pid;
}

sub wait_until_gone
{
	my ($pid) = @_;
	$node->safe_psql('postgres', wait_until("count(*) filter (where pid = $pid) = 0"));
	return;
}

for my $way (@WAYS)
{
	my $db = make_way($node, $way);

	$node->safe_psql($db, q{
		select bot_session_start(id) from unnest('{bot1, bot2}'::text[]) as id;
		create function wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock_shared(1); return null; end';
		create trigger wait after update on bot_sessions for each row when (new.session_id = 'bot2') execute function wait();
	});
	my $before = rows_and_events($node, $db);

	in_the_middle($db, '', sub { $node->safe_psql('postgres', "select pg_terminate_backend($_[1])") });
	$node->safe_psql($db, q{commit prepared 'gate'});
	is(rows_and_events($node, $db), $before, "$way: nothing of a terminated one");

	# The server looks after its client, and finds it gone
	wait_until_gone(in_the_middle($db, q{set client_connection_check_interval = '20ms';}, sub { $_[0]->{run}->kill_kill }));
	$node->safe_psql($db, q{commit prepared 'gate'});
	is(rows_and_events($node, $db), $before, "$way: nothing where the client's end is noticed");

	# It does not, and the batch is done when it can be
	my $pid = in_the_middle($db, '', sub { $_[0]->{run}->kill_kill });
	is($node->safe_psql($db, $stored), "bot1||\nbot2||", "$way: nothing yet where the client's end is not noticed");
	$node->safe_psql($db, q{commit prepared 'gate'});
	wait_until_gone($pid);
	is($node->safe_psql($db, $stored), "bot1|batch|code\nbot2|batch|", "$way: and all of it then");

	is($node->safe_psql($db, q{select status from bot_session_touch('bot2', 'after')}), 'active', "$way: nothing is left locked");
}

$node->stop;
done_testing();
