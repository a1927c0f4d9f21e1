# Twelve connections make 20,000 calls of every kind to a few sessions: none of them ends in
# a deadlock, or in an error that its page does not name.
#
#	BOTSESSION_SEED		another sequence of calls
#	BOTSESSION_CALLS	more of them, or fewer, for each way

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $seed = $ENV{BOTSESSION_SEED} || 20251;
my $ncalls = $ENV{BOTSESSION_CALLS} || 20000;
my $connections = 12;
my @ids = map { "bot$_" } 1 .. 6;

note("BOTSESSION_SEED=$seed BOTSESSION_CALLS=$ncalls");

sub pick { return $_[ int rand @_ ] }
sub some { my %given = map { pick(@ids) => 1 } 1 .. 1 + int rand 4; return keys %given }

# Of the lease that there is, and none half of the time where that is allowed
sub fence_of { return "(select fence from bot_session_leases where session_id = '$_[0]')" }
sub fence { return rand() < 0.5 ? '' : ", fence => " . fence_of($_[0]) }
sub fences { return "(select coalesce(jsonb_object_agg(session_id, fence), '{}') from bot_session_leases where session_id in ('" . join("', '", some()) . "'))" }
sub ttl { return pick('1 microsecond', '1 minute') }

sub entries
{
	return '{' . join(', ', map {
		qq("$_": ) . pick('null', '{"k1": null}', '{}', map { qq({"k1": "$_", "k2": "$_"}) } 1 .. 8)
	} pick(['session'], ['creds'], ['creds', 'session'], ['session', 'creds', 'pre-key'])->@*) . '}';
}

sub keys_argument { return pick('null', '{"creds": null}', '{"session": ["k1", "k2"], "creds": ["k1"]}') }

my %calls = (
	start => sub { my $id = pick(@ids); "bot_session_start('$id'" . pick('', map { ", 'w$_', '" . ttl() . "'" } 1 .. 3) . ')' },
	touch => sub { my $id = pick(@ids); "bot_session_touch('$id', '" . int(rand 100) . "'" . fence($id) . ')' },
	touch_many => sub { 'bot_session_touch_many(jsonb_build_array('
		. join(', ', map { "jsonb_build_object('session_id', '$_', 'last_message', 'm')" } some(), some()) . '))' },
	end => sub { my $id = pick(@ids); "bot_session_end('$id', 'why'" . fence($id) . pick('', ', forget => true') . ')' },
	claim => sub { "bot_session_claim('" . pick('w1', 'w2', 'w3') . "', " . pick(1, 3, 10) . ", '" . ttl() . "')" },
	renew => sub { 'bot_session_renew(' . fences() . ", '" . ttl() . "')" },
	release => sub { 'bot_session_release(' . fences() . ')' },
	expire => sub { "bot_session_expire('1 microsecond', " . pick(1, 3) . ')' },
	save => sub { my $id = pick(@ids); "bot_session_save('$id', '" . entries() . "'" . fence($id) . ')' },
	save_many => sub { 'bot_session_save_many(jsonb_build_array(' . join(', ', map {
		"jsonb_build_object('session_id', '$_', 'data', '" . entries() . "'::jsonb" . pick('', ", 'fence', " . fence_of($_)) . ')'
	} some(), some()) . '))' },
	load => sub { my $id = pick(@ids); "bot_session_load('$id', '" . keys_argument() . "'" . fence($id) . ')' },
	forget => sub { my $id = pick(@ids); "bot_session_forget('$id'" . fence($id) . ')' },
	overview => sub { 'bot_session_overview()' },
);
# Saves and starts are more often than what undoes them
my @names = ((sort keys %calls), ('save') x 4, ('save_many') x 4, ('start') x 6, 'touch', 'load');
my $node = new_server('main', "fsync = off\ndeadlock_timeout = 100ms\nmax_connections = 50\n");

for my $way (@WAYS)
{
	my $db = make_way($node, $way);
	my %states;
	my $made = 0;
	my @running;

	srand $seed;
	for my $connection (1 .. $connections)
	{
		my $script = '';
		for (int($ncalls * ($connection - 1) / $connections) + 1 .. int($ncalls * $connection / $connections))
		{
			my $name = pick(@names);
			# One row a call, however many there are in its result; a session deleted by itself now and then
			$script .= rand() < 0.02 ? "delete from bot_sessions where session_id = '" . pick(@ids) . "';\n" : 'select from ' . $calls{$name}->() . " limit 1;\n";
			$script .= "\\echo :SQLSTATE\n";
		}
		push @running, psql_start($node, $db, $script);
	}
	for my $psql (@running)
	{
		psql_finish($psql);
		$states{$_}++, $made++ for $psql->{out} =~ /^(\w{5})$/gm;
		is(join(' ', grep { !/ERROR:\s+\w{5}$/ } split /\n/, $psql->{err}), '', "$way: a connection stays to its end");
	}
	is($made, $ncalls, "$way: every call is answered");
	note("$way: ", join ', ', map { "$_: $states{$_}" } sort keys %states);
	is($states{'40P01'} // 0, 0, "$way: no deadlock");
	is(join(' ', grep { !/^(00000|PT404|PT409)$/ } sort keys %states), '', "$way: no error but that there is no session, or that it is another's");
	cmp_ok($states{$_} // 0, '>', $made / 50, "$way: $_ is among the answers") for qw(00000 PT409);
	is($node->safe_psql($db, q{select count(*) from pg_locks where locktype = 'advisory' or not granted}), '0', "$way: no lock is left");
}

$node->stop;
done_testing();
