# Transactions of users that lock sessions in opposite order: one of them gets
# 40P01 and goes on from its savepoint, the other one does not notice.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main', "deadlock_timeout = 50ms\n");
my %calls = (
	bot_session_touch => q{select from bot_session_touch(:'id', 'mine')},
	bot_session_start => q{select from bot_session_start(:'id')},
	bot_session_end => q{select from bot_session_end(:'id')},
	bot_session_touch_many => q{select from bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', :'id', 'last_message', 'mine')))},
);

for my $way (@WAYS)
{
	my $db = make_way($node, $way);

	$node->safe_psql($db, q{select bot_session_start(id) from unnest('{bot1, bot2}'::text[]) as id});
	my $before = rows_and_events($node, $db);
	for my $name (sort keys %calls)
	{
		# Nobody asks for a second session before both have their first
		$node->safe_psql($db, q{begin; select pg_advisory_xact_lock(1); prepare transaction 'gate'});
		my @both = map {
			my ($first, $second) = @$_;
			psql_start($node, $db, qq{
				begin;
				savepoint s;
				\\set id $first
				$calls{$name};
				select from pg_advisory_xact_lock_shared(1);
				\\set id $second
				$calls{$name};
				\\if :ERROR
					rollback to s;
					select 'again', status from bot_session_touch(:'id');
				\\endif
				rollback;
				select status from bot_session_touch_many('[{"session_id": "unknown"}]');
				select 'usable';
			})
		} [qw(bot1 bot2)], [qw(bot2 bot1)];
		wait_until_waiting($node, $db, 2);
		$node->safe_psql($db, q{commit prepared 'gate'});
		psql_finish($_) for @both;
		is(join(' ', map { $_->{err} =~ /ERROR:\s+(\w{5})/g } @both), '40P01', "$way: $name: one of the two fails");
		is(join("\n", sort map { $_->{out} } @both), "\nusable\nagain|active\n\nusable", "$way: $name: and both go on");
		is(rows_and_events($node, $db), $before, "$way: $name: what was rolled back is not there");
	}
}

$node->stop;
done_testing();
