# The whole server is killed, again and again, while clients write in every way.  What
# they were told is stored is there afterwards, what bots log in with whole or not at all,
# and the audit trail tells the story of exactly the rows that are there.
#
#	BOTSESSION_SEED		another sequence of calls
#	BOTSESSION_KILLS	how often; make check-all kills it ten times

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use IPC::Open2;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $seed = $ENV{BOTSESSION_SEED} || 20251;
my $kills = $ENV{BOTSESSION_KILLS} || 3;
my $dir = PostgreSQL::Test::Utils::tempdir;
my $test = $$;
my @writers = map { ("$_-1", "$_-2") } @WAYS;

note("BOTSESSION_SEED=$seed BOTSESSION_KILLS=$kills");
# Durable as far as a killed process goes: the system's cache survives it
my $node = new_server('main', "max_connections = 30\n");
make_way($node, $_) for @WAYS;

# What a writer was told: the last message, the endings, and the last save, of its session.  Written aside and
# renamed, since one that is killed while it writes would leave half a record.
sub acknowledge
{
	my ($writer, @record) = @_;
	open my $file, '>', "$dir/$writer.new" or die "cannot write: $!";
	print $file "@record";
	close $file or die "cannot write: $!";
	rename "$dir/$writer.new", "$dir/$writer" or die "cannot rename: $!";
	return;
}

sub acknowledged
{
	my ($writer) = @_;
	return (0, 0, 0) unless -e "$dir/$writer";
	return split / /, slurp_file("$dir/$writer");
}

# Also where the test has died
sub stopped { return -e "$dir/stop" || getppid() != $test; }

sub write_until_stopped
{
	my ($writer) = @_;
	my ($way) = split /-/, $writer;
	my ($n, $ends, $saved) = (0, 0, 0);

	until (stopped())
	{
		my $pid = open2(my $out, my $in, 'psql', '-XAtq', '-d', $node->connstr("bots_$way"));
		until (stopped())
		{
			$n++;
			my $other = 'shared' . int(rand(3));
			my $data = qq({"creds": {"n": "$n"}, "session": {"a": "$n", "b": "$n"}});
			my ($kind, $sql) = @{ (
				[ start => "select from bot_session_start('$writer')" ],
				[ touch => "select from bot_session_touch('$writer', '$n')" ],
				[ touch => qq{select from bot_session_touch_many('[{"session_id": "$writer", "last_message": "$n"}, {"session_id": "$other", "last_message": "$n"}]')} ],
				[ end => "select previous_status from bot_session_end('$writer', '$n')" ],
				[ '' => "select from bot_session_start('$other')" ],
				[ '' => "select from bot_session_touch('$other', '$n')" ],
				[ '' => "select from bot_session_end('$other')" ],
				[ '' => "select from bot_session_expire('10 milliseconds', 1)" ],
				[ save => "select 'saved', bot_session_save('$writer', '$data')" ],
				[ save => qq{select bot_session_save_many('[{"session_id": "$other", "data": $data}, {"session_id": "$writer", "data": $data}]')} ],
				[ '' => "select bot_session_save('$other', '$data')" ],
				[ '' => "select from bot_session_end('$other', forget => true)" ],
				[ '' => "delete from bot_sessions where session_id = '$other'" ],
			)[ rand 13 ] };
			print $in "$sql;\n\\echo SQLSTATE :SQLSTATE\n";
			$in->flush;
			my $answer = '';
			while ($answer !~ /SQLSTATE/)
			{
				$answer .= readline $out // last;
			}
			my ($state) = $answer =~ /SQLSTATE (\w{5})/ or last;
			if ($state eq '00000' && $kind =~ /touch|end/)
			{
				# One that had expired ends without an event
				$ends++ if $answer =~ /^active$/m;
				my ($message) = acknowledged($writer);
				acknowledge($writer, $kind eq 'touch' ? $n : $message, $ends, $saved);
			}
			elsif ($state eq '00000' && $answer =~ /^saved\||"changed": \d+, "session_id": "$writer"/m)
			{
				$saved = $n;
				my ($message) = acknowledged($writer);
				acknowledge($writer, $message, $ends, $saved);
			}
			# A session that has ended takes no data
			elsif ($state !~ /^(00000|PT404)$/ && !($state eq 'PT409' && $sql =~ /bot_session_save\(/))
			{
				append_to_file("$dir/unexpected", "$state: $sql\n");
			}
		}
		close $in;
		close $out;
		waitpid $pid, 0;
		sleep 0.05;
	}
	return;
}

$SIG{PIPE} = 'IGNORE';
my @pids;
for my $i (0 .. $#writers)
{
	my ($way) = split /-/, $writers[$i];
	$node->safe_psql("bots_$way", "select from bot_session_start('$writers[$i]')");
	defined(my $pid = fork()) or die "cannot fork: $!";
	if (!$pid)
	{
		srand($seed + $i);
		open STDERR, '>>', "$dir/stderr";
		eval { write_until_stopped($writers[$i]); 1 } or append_to_file("$dir/unexpected", "writer: $@");
		# Not exit: that would run the parent's END blocks, and stop its server
		POSIX::_exit(0);
	}
	push @pids, $pid;
}

for my $kill (1 .. $kills)
{
	# All of them have to get somewhere
	my %before = map { $_ => (acknowledged($_))[0] } @writers;
	for (1 .. 1000)
	{
		last unless grep { (acknowledged($_))[0] == $before{$_} } @writers;
		sleep 0.05;
	}
	sleep rand 0.3;
	kill_server($node);
	if ($kill == $kills)
	{
		append_to_file("$dir/stop", '');
		waitpid $_, 0 for @pids;
	}
	my %told = map { $_ => [ acknowledged($_) ] } @writers;
	$node->start;
	my @lost;
	for my $writer (@writers)
	{
		my ($way) = split /-/, $writer;
		my ($message, $ends, $saved) = split /\|/, $node->safe_psql("bots_$way", qq{
			select last_message, (select count(*) from bot_session_events e where e.session_id = s.session_id and event = 'ended' and reason similar to '[0-9]+'),
				(select min(d.value::integer) from bot_session_data d where d.session_id = s.session_id)
			from bot_sessions s where session_id = '$writer'});
		push @lost, "$writer: has $message and $ends endings, was told $told{$writer}[0] and $told{$writer}[1]"
		  if ($message || 0) < $told{$writer}[0] || $ends < $told{$writer}[1];
		push @lost, "$writer: has saved $saved, was told $told{$writer}[2]" if ($saved || 0) < $told{$writer}[2];
	}
	is("@lost", '', "kill $kill: all that was acknowledged is there");
	is(join(' ', map { $node->safe_psql("bots_$_", q{
			select session_id, string_agg(kind || ' ' || key || ' ' || value, ', ') from bot_session_data
			group by session_id
			having count(*) <> 3 or count(distinct value) > 1}) } @WAYS), '  ', "kill $kill: and no save in half");
}

ok(scalar(grep { (acknowledged($_))[2] } @writers), 'saves were acknowledged');
ok(!-e "$dir/unexpected", 'no other error than that a session is unknown')
  or diag(slurp_file("$dir/unexpected"));
for my $way (@WAYS)
{
	my $db = "bots_$way";

	is($node->safe_psql($db, q{
			select session_id, event_id, event, previous from (
				select *, lag(event) over (partition by session_id order by event_id) as previous
				from bot_session_events where event <> 'forgotten') as story
			where case event
				when 'created' then previous is null or previous = 'deleted'
				when 'deleted' then previous <> 'deleted'
				when 'reopened' then previous = 'ended'
				else previous in ('created', 'recovered', 'reopened') end is not true
			order by event_id}), '', "$way: every event follows from the one before");
	is($node->safe_psql($db, q{
			select session_id, status, last_event
			from bot_sessions
			full join (select distinct on (session_id) session_id, event as last_event
				from bot_session_events where event <> 'forgotten' order by session_id, event_id desc) as e using (session_id)
			where case when last_event = 'deleted' then status is not null
				when last_event = 'ended' then status is distinct from 'inactive'
				else status is distinct from 'active' end}), '', "$way: the last event says what the row says");
	isnt($node->safe_psql($db, q{select count(*) from bot_session_events where event in ('ended', 'recovered', 'deleted', 'reopened')}),
		0, "$way: a lot has happened");
	is($node->safe_psql($db, q{
			set enable_seqscan = off; set enable_bitmapscan = off;
			select count(*) from bot_sessions where session_id > '';
			reset enable_seqscan; set enable_indexscan = off; set enable_indexonlyscan = off;
			select count(*) from bot_sessions where session_id > '';
		}) =~ /^(\d+)\n\1$/, 1, "$way: table and index agree");
}

$node->stop;
done_testing();
