# A subscriber with the same tables and triggers gets the same rows: the
# triggers do not fire a second time there.  Each edition feeds the other one.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $publisher = new_server('publisher', '', allows_streaming => 'logical');
my $subscriber = new_server('subscriber');
my %other = (c => 'plpgsql', plpgsql => 'c');

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";
	my $connstr = $publisher->connstr . " dbname=$db";

	make_database($publisher, $db, $edition);
	make_database($subscriber, $db, $other{$edition});
	$publisher->safe_psql($db, q{
		select from bot_session_start('before');
		create publication bots for table bot_sessions, bot_session_events;
	});
	$subscriber->safe_psql($db, "create subscription sub_$edition connection '$connstr' publication bots");
	$subscriber->wait_for_subscription_sync($publisher, "sub_$edition", $db);

	$publisher->safe_psql($db, q{
		select from bot_session_start('bot1');
		select from bot_session_touch('bot1', repeat('long ', 10000), 'code');
		select from bot_session_touch('bot1', null, '');
		select from bot_session_touch_many('[{"session_id": "bot1", "qr_data": "code"}, {"session_id": "before", "last_message": "hello"}]');
		select from bot_session_start('before');
		select from bot_session_end('bot1', 'logout');
		select from bot_session_start('deleted');
		delete from bot_sessions where session_id = 'deleted';
		select from bot_session_expire('1 microsecond');
		update bot_sessions set session_id = 'renamed' where session_id = 'before';
	});
	$publisher->wait_for_catchup("sub_$edition");
	is(rows_and_events($subscriber, $db), rows_and_events($publisher, $db),
		"$edition to $other{$edition}: rows and events are identical");
	is($subscriber->safe_psql($db, 'select string_agg(event, $$ $$ order by event_id) from bot_session_events'),
		'created created recovered ended created deleted ended', "$edition: every event is there once");

	# When it takes over, the numbers of its events have to go on: sequences are not replicated
	$subscriber->safe_psql($db, "drop subscription sub_$edition");
	is(sqlstate($subscriber, $db, q{select bot_session_start('bot1')}), '23505',
		"$edition: event numbers are taken");
	is($subscriber->safe_psql($db, q{
			select setval(pg_get_serial_sequence('bot_session_events', 'event_id'), max(event_id)) is not null from bot_session_events;
			select status, previous_status from bot_session_start('bot1');
			select event, session_id from bot_session_events order by event_id desc limit 1;
		}), "t\nactive|inactive\nreopened|bot1", "$edition: the subscriber takes over");
}

$subscriber->stop;
$publisher->stop;
done_testing();
