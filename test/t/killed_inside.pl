# kill -9 of backends inside each function, at three places: before they have
# the table, before they have their row, and after they wrote the row and its
# event.  The server recovers, nothing of theirs is there, everything works.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main', "restart_after_crash = on\nautovacuum = off\n");

my %calls = (
	start => q{select from bot_session_start('start')},
	new => q{select from bot_session_start('new')},
	touch => q{select from bot_session_touch('touch', 'killed', 'killed')},
	end => q{select from bot_session_end('end', 'killed')},
	many => q{select from bot_session_touch_many('[{"session_id": "many1", "last_message": "killed"}, {"session_id": "many2", "qr_data": "killed"}]')},
	expire => q{select from bot_session_expire('1 hour', 1, 'killed')},
	claim => q{select from bot_session_claim('killed', 1)},
	renew => q{select from bot_session_renew('{"renew": 1}')},
	release => q{select from bot_session_release('{"release": 2}')},
);

# What the killed ones wait for, and who waits there.
my @places = (
	[ 'before the table', 'lock table bot_sessions, bot_session_leases', sort keys %calls ],
	[ 'before the row', 'select from bot_sessions for update; select from bot_session_leases for update', grep { !/new|expire|claim/ } sort keys %calls ],
	[ 'after the write', 'select pg_advisory_xact_lock(1)', sort keys %calls ],
);

for my $way (@WAYS)
{
	my $db = make_way($node, $way);

	$node->safe_psql($db, q{
		select bot_session_start(id) from unnest('{start, touch, end, many1, many2}'::text[]) as id;
		insert into bot_sessions (session_id, updated_at) values ('expire', now() - interval '1 day');
		select from bot_session_start('renew', 'worker', '1 day');
		select from bot_session_start('release', 'worker', '1 day');
		select from bot_session_start('claim', 'worker', '1 microsecond');
		-- Fire after our triggers
		create function wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock_shared(1); return null; end';
		create trigger zz_wait after insert or update on bot_sessions for each row execute function wait();
		create trigger zz_wait after insert or update on bot_session_leases for each row execute function wait();
	});
	my $leases = q{select * from bot_session_leases order by session_id};
	my $before = rows_and_events($node, $db) . $node->safe_psql($db, $leases);

	for my $place (@places)
	{
		my ($where, $hold, @functions) = @$place;

		$node->safe_psql($db, "begin; $hold; prepare transaction 'holder'");
		my @victims = map { psql_start($node, $db, $calls{$_}) } @functions;
		my @pids = wait_until_waiting($node, $db, scalar @functions);
		my $offset = -s $node->logfile;
		# Stopped meanwhile, or the server would end the others when the first one dies
		my $server = (split /\n/, slurp_file($node->data_dir . '/postmaster.pid'))[0];
		kill('STOP', $server);
		my $killed = kill('KILL', @pids);
		kill('CONT', $server);
		is($killed, @functions, "$way: killed $where: @functions");
		psql_finish($_) for @victims;
		# Until then it answers as if nothing had happened
		$node->wait_for_log(qr/terminated by signal 9/, $offset);
		$node->poll_query_until($db, 'select true') or die 'the server did not come back';
		$node->safe_psql($db, q{rollback prepared 'holder'});
		is(rows_and_events($node, $db) . $node->safe_psql($db, $leases), $before, "$way: nothing of theirs is there");
		is(join(' ', map { sqlstate($node, $db, "begin; $calls{$_}; rollback") } @functions),
			join(' ', ('00000') x @functions), "$way: and all functions work");
	}
}

$node->stop;
done_testing();
