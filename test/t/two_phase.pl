# The functions in transactions that are prepared and finished later, also after
# a crash.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main');

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	make_database($node, $db, $edition);
	$node->safe_psql($db, q{
		select from bot_session_start('touched');
		select from bot_session_start('ended');
		begin;
		select from bot_session_start('new');
		select from bot_session_touch('touched', 'hello');
		select from bot_session_touch_many('[{"session_id": "touched", "qr_data": "code"}]');
		select from bot_session_end('ended', 'logout');
		select from bot_session_expire('1 microsecond', 1, 'idle');
		prepare transaction 'work';
	});
	my $visible = q{
		select session_id, status, last_message, qr_data from bot_sessions order by session_id;
		select session_id, event, reason from bot_session_events order by event_id;
	};
	my $before = "ended|active||\ntouched|active||\ntouched|created|\nended|created|";
	is($node->safe_psql($db, $visible), $before, "$edition: nothing is to be seen while it is prepared");
	is(sqlstate($node, $db, q{set lock_timeout = '10ms'; select bot_session_touch('touched')}), '55P03', "$edition: its rows are locked");

	$node->stop('immediate');
	$node->start;
	is($node->safe_psql($db, $visible), $before, "$edition: the same after a crash");
	is(sqlstate($node, $db, q{set lock_timeout = '10ms'; select bot_session_touch('touched')}), '55P03', "$edition: its rows are locked");

	$node->safe_psql($db, q{commit prepared 'work'});
	is($node->safe_psql($db, $visible), join("\n",
			'ended|inactive||', 'new|inactive||', 'touched|active|hello|code',
			'touched|created|', 'ended|created|', 'new|created|', 'ended|ended|logout', 'new|ended|idle'),
		"$edition: all is there when it is committed");

	$node->safe_psql($db, q{
		begin;
		select from bot_session_start('new');
		select from bot_session_end('touched');
		prepare transaction 'work';
		rollback prepared 'work';
	});
	is($node->safe_psql($db, q{select session_id, status, qr_data from bot_sessions order by session_id; select count(*) from bot_session_events}),
		"ended|inactive|\nnew|inactive|\ntouched|active|code\n5", "$edition: nothing when it is rolled back");
}

$node->stop;
done_testing();
