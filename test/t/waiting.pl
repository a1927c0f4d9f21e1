# A function that waits for a row can be cancelled, or runs into a timeout; the
# connection is good for more, and what it was about to write is not there.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main');
$node->safe_psql('postgres', 'create role regress_bot bypassrls');

for my $edition (@WAYS)
{
	my $db = make_way($node, $edition);

	$node->safe_psql($db, q{
		select from bot_session_start('bot1');
		select from bot_session_start('bot2');
		begin;
		select from bot_session_touch('bot1', 'holder');
		prepare transaction 'holder';
		begin;
		select from bot_session_start('new');
		prepare transaction 'creator';
	});
	my $rows = rows_and_events($node, $db);

	my %calls = (
		bot_session_touch => q{select bot_session_touch('bot1', 'waiter')},
		bot_session_start => q{select bot_session_start('bot1')},
		'bot_session_start of a new one' => q{select bot_session_start('new')},
		bot_session_end => q{select bot_session_end('bot1', 'waiter')},
		bot_session_touch_many => q{select bot_session_touch_many('[{"session_id": "bot2", "last_message": "waiter"}, {"session_id": "bot1"}]')},
	);
	for my $name (sort keys %calls)
	{
		my ($rc, $out, $err) = $node->psql($db, qq{
			\\set VERBOSITY sqlstate
			-- one message, one transaction: the error takes the setting back, and a slow machine has no time to miss
			set lock_timeout = '20ms' \\; $calls{$name};
			set statement_timeout = '20ms' \\; $calls{$name};
			begin;
			savepoint before;
			set local statement_timeout = '20ms';
			$calls{$name};
			rollback to before;
			select status from bot_session_touch('bot2');
			rollback;
			select status from bot_session_touch_many('[{"session_id": "bot2"}]');
			begin;
			-- the reason and the operation of what failed are not left behind
			update bot_sessions set status = 'inactive' where session_id = 'bot2';
			select reason is null from bot_session_events order by event_id desc limit 1;
			rollback;
		}, on_error_stop => 0);
		is(join(' ', $err =~ /ERROR:\s+(\w{5})/g), '55P03 57014 57014', "$edition: $name runs into timeouts");
		is($out, "active\nactive\nt", "$edition: the connection goes on");

		my $psql = psql_start($node, $db, qq{
			$calls{$name};
			select status from bot_session_touch('bot2');
		});
		my ($pid) = wait_until_waiting($node, $db, 1);
		$node->safe_psql('postgres', "select pg_cancel_backend($pid)");
		psql_finish($psql);
		like($psql->{err}, qr/ERROR:\s+57014$/, "$edition: $name is cancelled");
		is($psql->{out}, 'active', "$edition: the connection goes on");
	}
	$node->safe_psql($db, q{rollback prepared 'creator'});
	is($node->safe_psql($db, q{select session_id, last_message from bot_sessions order by session_id}),
		"bot1|\nbot2|", "$edition: nothing of what was interrupted is stored");
	is(events($node, $db), (split /\n--\n/, $rows)[1], "$edition: nor audited");
	# bot_session_expire does not wait, and finds what is not held
	is($node->safe_psql($db, q{
			set lock_timeout = '10ms';
			select session_id, status from bot_session_expire('1 microsecond');
			reset lock_timeout;
			commit prepared 'holder';
			select status, last_message from bot_session_touch('bot1');
		}), "bot2|inactive\nactive|holder", "$edition: bot_session_expire does not wait");

	# Interrupted while it writes the event, as the owner of the trail and with a search_path of its own,
	# it is the caller again
	$node->safe_psql($db, q{
		grant select, insert, update on bot_sessions, bot_session_leases to regress_bot;
		grant execute on all functions in schema public to regress_bot;
		begin;
		lock table bot_session_events;
		prepare transaction 'trail';
	});
	%calls = (
		bot_session_start => q{select bot_session_start('new')},
		bot_session_end => q{select bot_session_end('bot1', 'waiter')},
		bot_session_expire => q{select bot_session_expire('1 microsecond', 1, 'waiter')},
	);
	for my $name (sort keys %calls)
	{
		my $psql = psql_start($node, $db, qq{
			set role regress_bot;
			set search_path = public, regress_nowhere;
			begin;
			savepoint before;
			$calls{$name};
			rollback to before;
			select current_user, current_setting('search_path'), current_setting('botsession.reason', true);
			rollback;
			select status from bot_session_touch('bot2');
		});
		my ($pid) = wait_until_waiting($node, $db, 1);
		$node->safe_psql('postgres', "select pg_cancel_backend($pid)");
		psql_finish($psql);
		is(join(' ', $psql->{err} =~ /ERROR:\s+(\w{5})/g), '57014', "$edition: $name is cancelled while it writes the event");
		is($psql->{out}, "regress_bot|public, regress_nowhere|\ninactive", "$edition: the caller is itself again");
	}
	$node->safe_psql($db, q{rollback prepared 'trail'});
}

$node->stop;
done_testing();
