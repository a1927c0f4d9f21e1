# What a worker was told of its lease outlives a crash of the server, whatever
# synchronous_commit says: else the sequence gives the same fence once more.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

# Nothing but a commit writes out WAL
my $node = new_server('main', q{
	autovacuum = off
	wal_writer_delay = 10s
	wal_writer_flush_after = 1GB
	bgwriter_lru_maxpages = 0
	synchronous_commit = off
});
my $renew = q{select session_id from bot_session_renew(jsonb_build_object('bot1', (select fence from bot_session_leases)), '1 day')};
my $release = q{select session_id from bot_session_release((select jsonb_object_agg(session_id, fence) from bot_session_leases))};
my $lease = q{select fence, expires_at, released_at from bot_session_leases};

sub crash
{
	$node->stop('immediate');
	$node->start;
	return;
}

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	make_database($node, $db, $edition);
	$node->safe_psql($db, "select from bot_session_start('bot1')");
	for my $round (1 .. 3)
	{
		# The first one inserts the lease, the others update it
		for my $call (
			[ start => q{select fence from bot_session_start('bot1', 'w1', '1 minute')}, q{update bot_session_leases set expires_at = now()} ],
			[ renew => $renew ],
			[ claim => q{select fence from bot_session_claim('w2')}, $release ])
		{
			my ($name, $sql, $before) = @$call;

			$node->safe_psql($db, $before) if $before;
			$node->safe_psql($db, 'checkpoint');
			isnt($node->safe_psql($db, $sql), '', "$edition: $name");
			my $told = $node->safe_psql($db, $lease);
			crash();
			is($node->safe_psql($db, $lease), $told, "$edition: $name outlives a crash");
		}
	}
	# This is what it would be otherwise: lost, unless the WAL writer happens to come by
	my $lost;
	for (1 .. 20)
	{
		$node->safe_psql($db, "checkpoint; select from bot_session_touch('bot1', 'lost')");
		crash();
		$lost = $node->safe_psql($db, "select count(*) from bot_sessions where last_message = 'lost'") == 0;
		last if $lost;
		$node->safe_psql($db, 'update bot_sessions set last_message = null');
	}
	ok($lost, "$edition: and a touch is lost in one");
}

# The PL/pgSQL edition does it by the setting, which it does not lower
for my $call (
	q{select from bot_session_start('bot1', 'w2')},
	$renew,
	qq{$release; set local synchronous_commit = :level; select from bot_session_claim('w1')})
{
	my ($name) = $call =~ /.*\b(bot_session_\w+)\(/s;
	my $shown = join ' ', map { $node->safe_psql('bots_plpgsql', <<"SQL") =~ s/.*\n//sr } qw(off local on remote_write remote_apply);
		\\set level $_
		begin;
		set local synchronous_commit = :level;
		$call;
		show synchronous_commit;
SQL
	is($shown, 'on on on remote_write remote_apply', "plpgsql: $name raises synchronous_commit, and never lowers it");
}
$node->stop;
done_testing();
