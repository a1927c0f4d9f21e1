# A standby refuses every function with 25006, shows the sessions, and takes
# over when it is promoted.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = new_server('primary', '', allows_streaming => 1);
my $calls = {
	bot_session_start => q{select bot_session_start('bot1')},
	bot_session_touch => q{select bot_session_touch('bot1', 'hello')},
	bot_session_end => q{select bot_session_end('bot1')},
	# Refused also where nothing would be written
	'bot_session_end, ended already' => q{select bot_session_end('ended')},
	'bot_session_touch, no such session' => q{select bot_session_touch('unknown')},
	'bot_session_touch_many' => q{select bot_session_touch_many('[{"session_id": "bot1"}]')},
	'bot_session_touch_many, empty' => q{select bot_session_touch_many('[]')},
	'bot_session_expire' => q{select bot_session_expire('1 microsecond')},
	'bot_session_expire, none idle' => q{select bot_session_expire('1000 years')},
};

for my $edition (@EDITIONS)
{
	make_database($primary, "bots_$edition", $edition);
	$primary->safe_psql("bots_$edition", q{
		select from bot_session_start('bot1');
		select from bot_session_touch('bot1', 'hello', 'code');
		select from bot_session_start('ended');
		select from bot_session_end('ended');
	});
}

$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
$primary->safe_psql("bots_$_", q{select from bot_session_touch('bot1', 'after the backup')}) for @EDITIONS;
$primary->wait_for_catchup($standby);

for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	is(rows_and_events($standby, $db), rows_and_events($primary, $db), "$edition: the standby shows the sessions");
	for my $name (sort keys %$calls)
	{
		my (undef, undef, $err) = $standby->psql($db, "\\set VERBOSITY verbose\n$calls->{$name}");
		like($err, qr/ERROR:  25006: cannot execute /, "$edition: $name on the standby");
	}
	# As PostgREST begins each, before it calls anything
	is(sqlstate($standby, $db, 'begin read write'), '0A000', "$edition: a transaction that may write on the standby");
	# The functions are told from their arguments' errors by what they check first
	is(sqlstate($standby, $db, 'select bot_session_start(null)'), '22004', "$edition: an argument is checked first");
}

my %rows = map { $_ => rows_and_events($primary, "bots_$_") } @EDITIONS;
$primary->stop('immediate');
$standby->promote;
for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	is(rows_and_events($standby, $db), $rows{$edition}, "$edition: nothing is lost");
	is($standby->safe_psql($db, q{
			select status, last_message, qr_data, previous_status from bot_session_start('bot1');
			select event from bot_session_events order by event_id desc limit 1;
		}), "active|after the backup|code|active\nrecovered", "$edition: the promoted standby takes over");
	for my $name (grep { !/no such session/ } sort keys %$calls)
	{
		is(sqlstate($standby, $db, $calls->{$name}), '00000', "$edition: $name after the promotion");
	}
}

$standby->stop;
done_testing();
