# What a fence costs: a touch without one does not look at the leases, with one
# it searches one index once.  Of a claim, what it reads depends on what is
# abandoned, not on how many sessions there are.  Without statistics, and with
# the plans of the first executions as with those kept later.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main', "autovacuum = off\n");

# How often it was scanned in this transaction: by its indexes, and all of it
my $scans = q{
	select sum(idx_scan) || ' ' || sum(seq_scan) from pg_stat_xact_user_tables where relname = 'bot_session_leases';
};

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	make_database($node, $db, $edition);
	$node->safe_psql($db, q{
		set session_replication_role = replica;
		insert into bot_sessions (session_id, status)
		select 'bot' || n, case when n % 100 = 0 then 'active' else 'inactive' end from generate_series(1, 20000) n;
		insert into bot_session_leases (session_id, worker, fence, expires_at)
		select 'bot' || n, 'w1', n, case when n % 2000 = 0 then '2001-01-01' when n % 100 = 0 then clock_timestamp() + '1 hour' end
		from generate_series(1, 20000) n;
		alter sequence bot_session_fences restart 20001;
	});

	for my $mode (qw(auto force_generic_plan))
	{
		my $calls = sub {
			my ($call) = @_;
			return $node->safe_psql($db, join "\n", "set plan_cache_mode = $mode;", "begin;", ("$call;") x 8, $scans, "rollback;");
		};
		is($calls->(q{select from bot_session_touch('bot100', 'hello')}),
			'0 0', "$edition, $mode: a touch without a fence leaves the leases alone");
		is($calls->(q{select from bot_session_touch('bot100', 'hello', fence => 100)}),
			'8 0', "$edition, $mode: with one it searches the index once");
		unlike($calls->(q{select from bot_session_claim('w2', 1)}),
			qr/ [1-9]/, "$edition, $mode: a claim does not read all leases");
	}
	is($node->safe_psql($db, q{select count(*) from bot_session_claim('w2')}), 10, "$edition: ten were abandoned");
}

$node->stop;
done_testing();
