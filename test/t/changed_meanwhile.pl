# A row that nobody holds is updated without a lock of its own. Whoever gets in
# between is noticed: the outcome is that of first his change, then the call.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main');
my $db = make_way($node, 'c');

# A constraint is checked after the row was read and before it is written.
$node->safe_psql($db, q{
	create function gate() returns boolean language plpgsql as $$
	begin
		if current_setting('test.gate', true) = 'wait' then
			perform pg_advisory_xact_lock_shared(1);
		end if;
		return true;
	end $$;
	alter table bot_sessions add constraint gate check (gate());
});

my %calls = (
	message => q{select status, last_message, qr_data, previous_status from bot_session_touch('bot1', 'hello')},
	code => q{select status, last_message, qr_data, previous_status from bot_session_touch('bot1', qr_data => 'new code')},
	start => q{select status, last_message, qr_data, previous_status from bot_session_start('bot1')},
	end => q{select status, last_message, qr_data, previous_status from bot_session_end('bot1', 'mine')},
);
my %changes = (
	touch => q{select from bot_session_touch('bot1', 'theirs')},
	# So many that there would be nothing left of the versions in between
	touches => q{do $$ begin
		for i in 1 .. 500 loop perform bot_session_touch('bot1', repeat('theirs', 20)); commit; end loop;
	end $$},
	end => q{select from bot_session_end('bot1', 'theirs')},
	delete => q{delete from bot_sessions where session_id = 'bot1'},
	recreate => q{delete from bot_sessions where session_id = 'bot1';
		insert into bot_sessions (session_id) values ('bot1')},
	rename => q{update bot_sessions set session_id = 'bot2' where session_id = 'bot1'},
	lock => q{select from bot_sessions where session_id = 'bot1' for update},
);

sub renew
{
	my ($more) = @_;
	$node->safe_psql($db, q{
		truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data restart identity;
		insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', 'before', 'old code');
	} . ($more // ''));
	return;
}

# SQL that waits until the call waits for that.
sub wait_until_call_waits
{
	my ($event) = @_;
	return wait_until("bool_or(datname = '$db' and wait_event = '$event')");
}

sub stored
{
	return $node->safe_psql($db, q{
		select session_id, status, last_message, qr_data from bot_sessions order by session_id;
		select session_id, event, reason from bot_session_events order by event_id;
	});
}

# Start a call that shows the server's messages; what came of it: an SQLSTATE or a row, and what is stored.
sub call
{
	my ($name, $before) = @_;
	return psql_start($node, $db, "\\set VERBOSITY verbose\n$before; set client_min_messages = debug1; $calls{$name};");
}

sub outcome
{
	my ($psql) = @_;
	psql_finish($psql);
	return ($psql->{err} =~ /ERROR:\s+(\w{5})/ ? $1 : $psql->{out}) . "\n" . stored();
}

for my $name (sort keys %calls)
{
	my %expected;
	for my $change ('', sort keys %changes)
	{
		renew();
		$expected{$change} = outcome(call($name, $changes{$change} // ''));
	}
	for my $change (sort keys %changes)
	{
		# Over before the call goes on; or still under way, and over while the call waits for it
		for my $how ('committed', $change eq 'touches' ? () : ('commit', 'rollback'))
		{
			renew(q{begin; select pg_advisory_xact_lock(1); prepare transaction 'gate'});
			my $psql = call($name, "set test.gate = 'wait'");
			$node->safe_psql($db, wait_until_call_waits('advisory')
				. ($how eq 'committed'
					? "$changes{$change}; rollback prepared 'gate'"
					: "begin; $changes{$change}; prepare transaction 'change'; rollback prepared 'gate';"
						. wait_until_call_waits('transactionid') . "$how prepared 'change'"));
			is(outcome($psql), $expected{ $how eq 'rollback' ? '' : $change }, "$name, $change in between: $how");
			my @noticed = $psql->{err} =~ /(session has changed meanwhile)/g;
			is(@noticed, $how eq 'rollback' || $change eq 'lock' ? 0 : 1, "$name, $change in between, $how: noticed or not");
		}
	}
}

# A lock that was given up is none: nor is the row locked again, nor does its next version keep that one.
renew();
is($node->safe_psql($db, q{
		select from bot_sessions where session_id = 'bot1' for update;
		select from bot_session_touch_many('[{"session_id": "bot1", "last_message": "locked"}]');
		select xmax <> '0' from bot_sessions;
		select from bot_session_touch('bot1', 'hello');
		select xmax <> '0' from bot_sessions;
	}) =~ s/^\n//mgr, "t\nf", 'whose lock was given up is free');

$node->stop;
done_testing();
