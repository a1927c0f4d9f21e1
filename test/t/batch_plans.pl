# What a batch costs goes by its elements, not by the sessions and leases that
# there are: in PL/pgSQL each row is looked up once, by the index of the primary
# key, and is updated where it was found, by plans that JIT does not change.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main', "autovacuum = off\n");
my $db = make_way($node, 'plpgsql');
$node->safe_psql($db, q{
	insert into bot_sessions (session_id) select 'bot' || n from generate_series(1, 10000) n;
	insert into bot_session_leases (session_id, worker, fence, expires_at)
	select session_id, 'w1', 7, clock_timestamp() + '1 hour' from bot_sessions;
	vacuum analyze bot_sessions, bot_session_leases;
});

my %batch = (
	plain => q{[{"session_id": "bot1"}, {"session_id": "bot5000", "last_message": "NEW"}, {"session_id": "bot9999", "qr_data": "NEW"}]},
	fenced => q{[{"session_id": "bot1", "fence": 7}, {"session_id": "bot9999", "fence": 7}]},
	'mixed' => q{[{"session_id": "bot1"}, {"session_id": "none"}, {"session_id": "bot1", "last_message": "NEW"}, {"session_id": "bot2", "fence": 6}]},
);

for my $jit (qw(off on))
{
	for my $name (sort keys %batch)
	{
		my $call = "select count(*) from bot_session_touch_many('$batch{$name}');\n";
		my $offset = -s $node->logfile;

		# The sixth call is the first one with a plan for all
		$node->safe_psql($db, "set jit = $jit;\n" . $call x 6 . q{
			load 'auto_explain';
			set auto_explain.log_min_duration = 0;
			set auto_explain.log_nested_statements = on;
			set auto_explain.log_analyze = on;
			set auto_explain.log_timing = off;
		} . $call);
		my @plans = grep { /plan:\n/ && / on bot_session(?:s|_leases) / }
			split /^(?=\d{4}-\d\d-\d\d )/m, slurp_file($node->logfile, $offset);
		my $plans = join '', @plans;
		my @read = map { /Scan [^\n]*on bot_session\w* [^\n]*actual rows=(\d+)/g } @plans;

		cmp_ok(scalar @plans, '>=', 2, "$name, jit $jit: the statements are seen");
		unlike($plans, qr/Seq Scan on bot_session/, "$name, jit $jit: none scans a table");
		is(scalar(grep { $_ > 4 } @read), 0, "$name, jit $jit: none reads more rows than it is asked for") or diag($plans);
		like($plans, qr/Update on bot_sessions.*Tid Scan on bot_sessions/s, "$name, jit $jit: rows are updated where they were found")
			or diag($plans);
		unlike($plans, qr/JIT:/, "$name, jit $jit: none is compiled");
	}
}

$node->stop;
done_testing();
