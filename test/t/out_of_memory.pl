# A backend that runs out of memory, wherever that is, fails with 53200 and goes
# on with its connection; nothing is half done.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main');

for my $way (@WAYS)
{
	my $db = make_way($node, $way);

	$node->safe_psql($db, q{
		select bot_session_start('bot' || i) from generate_series(1, 100) as i;
		create table batch as select jsonb_agg(jsonb_build_object('session_id', 'bot' || i, 'last_message', repeat('m', 100000))) as sessions
		from generate_series(1, 100) as i;
		create table message as select repeat('m', 8000000) as message;
	});
	my $before = rows_and_events($node, $db);

	# The limit is set, a little higher each time, when the backend has loaded what it needs anyway
	my $script = q{
		\set VERBOSITY sqlstate
		begin;
		select from bot_session_touch_many('[{"session_id": "bot1", "last_message": "warm"}]');
		select from bot_session_end('bot1', 'warm');
		select from bot_session_start('warm');
		rollback;
		select pg_backend_pid() as pid \gset
		\setenv PID :pid
		\setenv SIZE `sed -n 's/^VmSize:[^0-9]*\([0-9]*\).*/\1/p' /proc/$PID/status`
	};
	for my $mb (1, 4, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 64, 128)
	{
		$script .= qq{
			\\! prlimit --pid \$PID --as=\$(((\$SIZE + $mb * 1024) * 1024)):
			begin;
			savepoint s;
			select count(*) from bot_session_touch_many((select sessions from batch));
			rollback to s;
			select status from bot_session_touch('bot1', (select message from message));
			rollback to s;
			select status from bot_session_end('bot1', (select message from message));
			rollback to s;
			select status, last_message from bot_session_touch('bot1', 'usable');
			rollback;
		};
	}
	my ($rc, $out, $err) = $node->psql($db, $script, on_error_stop => 0);
	my %states;
	$states{$_}++ for $err =~ /ERROR:\s+(\w{5})/g;
	is(join(' ', sort keys %states), '53200', "$way: out of memory is all that goes wrong");
	note("$way: $states{53200} times");
	cmp_ok(scalar(() = $out =~ /^active\|usable$/mg), '==', 15, "$way: the connection goes on, every time");
	like($out, qr/^100\nactive\ninactive\nactive\|usable\z/m, "$way: with memory enough nothing goes wrong");
	is(rows_and_events($node, $db), $before, "$way: nothing is half done");
}

$node->stop;
done_testing();
