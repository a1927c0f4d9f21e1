# What leases promise, whatever happens to the workers: eight processes run two
# hundred sessions, are stopped for longer than their leases are good for, killed
# and started again.  Those that wake up go on writing, as they do not know.
#
# Triggers of the user log every lease and every write as it is made, under the
# locks of whoever makes it: so their order is that of the locks.  The workers
# write the fence that they use into last_message and into the data of the session,
# and into files what they were told.  What holds is asked afterwards, in SQL.
#
#	BOTSESSION_SEED		another course of events (as far as a seed decides it)
#	BOTSESSION_SECONDS	how long, for each edition
#	BOTSESSION_EDITION	only that edition

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use IO::Handle;
use IPC::Open3;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $seed = $ENV{BOTSESSION_SEED} || time ^ $$;
my $seconds = $ENV{BOTSESSION_SECONDS} || 8;
my @editions = $ENV{BOTSESSION_EDITION} || @EDITIONS;
my $workers = 8;
my $sessions = 200;

$seed = int $seed;
note("BOTSESSION_SEED=$seed BOTSESSION_SECONDS=$seconds");

my $tables = q{
	create schema property;
	create table property.log (
		n bigint generated always as identity primary key,
		kind text, session_id text, worker text, fence bigint, expires_at timestamptz, status text, message text, key text,
		began timestamptz default statement_timestamp(),
		at timestamptz default clock_timestamp());
	create index on property.log (session_id, n);
	create table property.told (worker text, kind text, session_id text, fence bigint, expires_at timestamptz, message text);

	create function property.log_lease() returns trigger language plpgsql as $$
	begin
		insert into property.log (kind, session_id, worker, fence, expires_at)
		values ('lease', new.session_id, new.worker, new.fence, new.expires_at);
		return null;
	end $$;
	create trigger log_lease after insert or update on bot_session_leases
		for each row execute function property.log_lease();

	create function property.log_write() returns trigger language plpgsql as $$
	begin
		if tg_op = 'INSERT' or new.status <> old.status then
			insert into property.log (kind, session_id, status) values ('status', new.session_id, new.status);
		end if;
		if tg_op = 'UPDATE' and new.last_message is distinct from old.last_message then
			insert into property.log (kind, session_id, message, fence)
			values ('write', new.session_id, new.last_message, split_part(new.last_message, ' ', 2)::bigint);
		end if;
		return null;
	end $$;
	create trigger log_write after insert or update on bot_sessions
		for each row execute function property.log_write();

	create function property.log_data() returns trigger language plpgsql as $$
	begin
		insert into property.log (kind, session_id, key, message, fence)
		values ('data', new.session_id, new.key, new.value, split_part(new.value, ' ', 2)::bigint);
		return null;
	end $$;
	create trigger log_data after insert or update on bot_session_data
		for each row execute function property.log_data();
};

# Each query finds what breaks the promise.
my @promises = (
	[ 'no session had two live leases', q{
		select * from (
			select n, session_id, worker, fence, at,
				lag(worker) over w as worker_before, lag(fence) over w as fence_before, lag(expires_at) over w as expires_at_before
			from property.log
			where kind = 'lease'
			window w as (partition by session_id order by n)) as l
		where fence <> fence_before and worker <> worker_before and expires_at_before > at} ],
	[ 'the fences of a session only grew', q{
		select * from (
			select n, session_id, fence, lag(fence) over (partition by session_id order by n) as fence_before
			from property.log
			where kind = 'lease') as l
		where fence < fence_before} ],
	[ 'a fence was given once', q{
		select fence from property.log where kind = 'lease' group by fence having count(distinct (session_id, worker)) > 1} ],
	[ 'every write that was accepted carried the fence that was current', q{
		select w.n, w.session_id, w.message, l.fence, l.worker
		from property.log w
		left join lateral (
			select * from property.log l
			where l.session_id = w.session_id and l.n < w.n and l.kind = 'lease'
			order by l.n desc
			limit 1) as l on true
		where w.kind in ('write', 'data') and w.fence is distinct from l.fence} ],
	[ 'and that of a live lease', q{
		select w.n, w.session_id, w.message, w.began, l.expires_at
		from property.log w
		left join lateral (
			select * from property.log l
			where l.session_id = w.session_id and l.n < w.n and l.kind = 'lease'
			order by l.n desc
			limit 1) as l on true
		where w.kind in ('write', 'data') and (l.expires_at > w.began) is not true} ],
	[ 'of a session that was active', q{
		select w.n, w.session_id, w.message
		from property.log w
		where w.kind in ('write', 'data') and 'active' <> (
			select s.status from property.log s
			where s.session_id = w.session_id and s.n < w.n and s.kind = 'status'
			order by s.n desc
			limit 1)} ],
	[ 'what bots log in with is what the highest fence saved last', q{
		select d.session_id, d.key, d.value, l.message
		from (
			select distinct on (session_id, key) session_id, key, message
			from property.log
			where kind = 'data'
			order by session_id, key, fence desc, n desc) as l
		full join bot_session_data d using (session_id, key)
		where d.value is distinct from l.message} ],
	[ 'a worker had the leases that it was told it has', q{
		select * from property.told t
		where kind = 'lease' and not exists (
			select from property.log l
			where l.kind = 'lease' and l.session_id = t.session_id
				and (l.worker, l.fence, l.expires_at) = (t.worker, t.fence, coalesce(t.expires_at, l.expires_at)))} ],
	[ 'a write that a worker was told of was made', q{
		select * from property.told t
		where kind in ('write', 'data') and not exists (
			select from property.log l
			where l.kind = t.kind and l.session_id = t.session_id and l.message = t.message)} ],
	[ 'a worker was told of errors that are to be expected, and of no other', q{
		select message, count(*) from property.told
		where kind = 'error' and message not in ('PT409', '40001')
		group by message} ],
	[ 'the audit trail tells who had which session', q{
		select session_id, logged.workers, audited.workers
		from (
			select session_id, string_agg(worker, ' ' order by n) as workers
			from (
				select *, lag(fence) over (partition by session_id order by n) as fence_before
				from property.log
				where kind = 'lease') as l
			where fence is distinct from fence_before
			group by session_id) as logged
		full join (
			select session_id, string_agg(reason, ' ' order by event_id) as workers
			from bot_session_events
			where event = 'claimed'
			group by session_id) as audited using (session_id)
		where logged.workers is distinct from audited.workers} ],
	[ 'no active session is left without an owner', q{
		select session_id, state from bot_session_overview() where state <> 'ended' and (lease_expires_at > clock_timestamp()) is not true} ],
);

# A worker of the best intentions; runs until it is killed.  Statements go to a
# psql of its own, which ends with it.
sub work
{
	my ($worker, $connstr, $told_file) = @_;
	my $ttl = int(200 + rand 400) . ' milliseconds';
	my %fence;		# by session
	my $writes = 0;

	my $pid = open3(my $in, my $out, undef, 'psql', '-XAtq', '-F', "\t", '-d', $connstr);
	open my $told, '>>', $told_file or die "cannot write $told_file: $!";
	$told->autoflush;
	print $in "\\set VERBOSITY sqlstate\n";
	$in->autoflush;

	my $tell = sub { print $told join("\t", $worker, map { $_ // '\N' } @_), "\n" };
	my $query = sub {
		my ($sql) = @_;
		my @rows;
		print $in "$sql;\n\\echo done\n";
		while (my $line = <$out>)
		{
			chomp $line;
			if ($line eq 'done')
			{
				return @rows;
			}
			elsif ($line =~ /ERROR:\s+(\w+)/)
			{
				$tell->('error', undef, undef, undef, $1);
			}
			else
			{
				push @rows, [ split /\t/, $line, -1 ];
			}
		}
		POSIX::_exit(0);	# the server is gone
	};
	my $leases = sub {
		for my $row (@_)
		{
			my ($session, $fence, $expires_at) = @$row;
			$fence{$session} = $fence;
			$tell->('lease', $session, $fence, $expires_at, undef);
		}
	};
	my $fences = sub { return "'{" . join(', ', map { qq("$_": $fence{$_}) } @_) . "}'" };
	my $some = sub { my @held = sort keys %fence; return map { $held[ rand @held ] } 1 .. $_[0] };
	my $message = sub { return join ' ', $worker, $fence{ $_[0] }, ++$writes };
	my $written = sub {
		my ($session, $message) = @_;
		$tell->('write', $session, undef, undef, $message);
	};
	my $data = sub { return "jsonb_build_object('session', jsonb_build_object('k" . int(rand 3) . "', '$_[0]'))" };
	my $saved = sub {
		my ($session, $message) = @_;
		$tell->('data', $session, undef, undef, $message);
	};
	# Half of those that are told that they lost a lease do not listen
	my $lost = sub { delete $fence{ $_[0] } if rand() < 0.5 };
	my $start = sub {
		my ($session) = @_;
		$leases->($query->("select session_id, fence from bot_session_start('$session', '$worker', '$ttl')"));
	};

	while (1)
	{
		my $what = rand;

		if (!%fence || $what < 0.08)
		{
			$leases->($query->("select session_id, fence, expires_at from bot_session_claim('$worker', 30, '$ttl')"));
		}
		elsif ($what < 0.25)
		{
			my %held;
			my @rows = $query->('select session_id, fence, expires_at from bot_session_renew(' . $fences->(keys %fence) . ", '$ttl')");
			$leases->(@rows);
			$held{ $_->[0] } = 1 for @rows;
			$lost->($_) for grep { !$held{$_} } keys %fence;
		}
		elsif ($what < 0.40)
		{
			my ($session) = $some->(1);
			my $m = $message->($session);
			my ($row) = $query->("select bot_session_save('$session', " . $data->($m) . ", $fence{$session})");
			$row ? $saved->($session, $m) : $lost->($session);
		}
		elsif ($what < 0.46)
		{
			my %m = map { $_ => $message->($_) } $some->(4);
			my ($answers) = $query->('select bot_session_save_many(jsonb_build_array('
				. join(', ', map { "jsonb_build_object('session_id', '$_', 'fence', $fence{$_}, 'data', " . $data->($m{$_}) . ')' } keys %m) . '))');
			my %refused = map { $_ => 1 } $answers->[0] =~ /"refused": "\w+", "session_id": "(\w+)"/g;
			$refused{$_} ? $lost->($_) : $saved->($_, $m{$_}) for keys %m;
		}
		elsif ($what < 0.50)
		{
			my ($session) = $some->(1);
			my ($row) = $query->("select bot_session_load('$session', fence => $fence{$session})::jsonb");
			$lost->($session) if !$row;
		}
		elsif ($what < 0.70)
		{
			my ($session) = $some->(1);
			my $m = $message->($session);
			my ($row) = $query->("select fence from bot_session_touch('$session', '$m', fence => $fence{$session})");
			$row ? $written->($session, $m) : $lost->($session);
		}
		elsif ($what < 0.82)
		{
			my %m = map { $_ => $message->($_) } $some->(8);
			my @rows = $query->("select session_id, fence from bot_session_touch_many('["
				. join(', ', map { qq({"session_id": "$_", "last_message": "$m{$_}", "fence": $fence{$_}}) } keys %m) . "]')");
			$_->[1] ne '' ? $written->($_->[0], $m{ $_->[0] }) : $lost->($_->[0]) for @rows;
		}
		elsif ($what < 0.88)
		{
			# It may be stopped in the middle
			my ($session) = $some->(1);
			my $m = $message->($session);
			$query->('begin isolation level ' . (rand() < 0.5 ? 'read committed' : 'repeatable read'));
			$query->('select from bot_sessions limit 1');
			sleep rand 0.05;
			my $save = rand() < 0.5;
			my ($row) = $query->($save ? "select bot_session_save('$session', " . $data->($m) . ", $fence{$session})"
				: "select fence from bot_session_touch('$session', '$m', fence => $fence{$session})");
			sleep rand 0.05;
			$query->('commit');
			!$row ? $lost->($session) : $save ? $saved->($session, $m) : $written->($session, $m);
		}
		elsif ($what < 0.92)
		{
			my ($session) = $some->(1);
			$query->("select from bot_session_end('$session', 'done', $fence{$session})");
			delete $fence{$session};
			$start->($session) if rand() < 0.9;
		}
		elsif ($what < 0.97)
		{
			$start->('bot' . int(1 + rand $sessions));
		}
		else
		{
			my %given = map { $_ => 1 } $some->(3);
			$query->('select from bot_session_release(' . $fences->(keys %given) . ')');
			delete @fence{ keys %given };
		}
		sleep rand 0.01;
	}
}

my $node = new_server('main', "fsync = off\n");
my %pid;		# of the workers, by slot
END { kill 'KILL', values %pid }

for my $edition (@editions)
{
	my $db = "property_$edition";
	my $dir = PostgreSQL::Test::Utils::tempdir;
	my %incarnation;
	my %asleep_until;

	srand $seed;
	make_database($node, $db, $edition);
	$node->safe_psql($db, $tables);
	$node->safe_psql($db, "select from generate_series(1, $sessions) n, bot_session_start('bot' || n, 'w0', '100 milliseconds')");

	my $hire = sub {
		my ($slot) = @_;
		my $worker = "w$slot" . (rand() < 0.5 ? '.' . ++$incarnation{$slot} : '');
		my $worker_seed = int rand 2**31;
		my $connstr = $node->connstr($db);

		$pid{$slot} = fork // die "cannot fork: $!";
		return if $pid{$slot};
		srand $worker_seed;
		eval { work($worker, $connstr, "$dir/told.$slot") };
		print STDERR $@;
		POSIX::_exit(1);
	};
	my $fire = sub {
		my ($slot) = @_;
		kill 'KILL', $pid{$slot};
		waitpid $pid{$slot}, 0;
		delete $pid{$slot};
		delete $asleep_until{$slot};
	};

	my ($naps, $kills) = (0, 0);
	$hire->($_) for 1 .. $workers;
	my $end = time + $seconds;
	while (time < $end)
	{
		sleep rand 0.03;
		for my $slot (grep { $asleep_until{$_} < time } keys %asleep_until)
		{
			kill 'CONT', $pid{$slot};
			delete $asleep_until{$slot};
		}
		my $slot = 1 + int rand $workers;
		my $what = rand;
		if ($what < 0.08 && !$asleep_until{$slot})
		{
			kill 'STOP', $pid{$slot};
			$asleep_until{$slot} = time + 0.2 + rand 1;
			$naps++;
		}
		elsif ($what > 0.975)
		{
			$fire->($slot);
			$hire->($slot);
			$kills++;
		}
	}
	$fire->($_) for keys %pid;
	$node->safe_psql('postgres', wait_until("count(*) filter (where datname = '$db') = 0"));

	# One worker is free, once the last lease has run out
	sleep 0.7;
	$node->safe_psql($db, q{select from bot_session_claim('last', 1000, '1 hour')});

	$node->safe_psql($db, "\\copy property.told from '$_'") for glob "$dir/told.*";
	$node->safe_psql($db, 'analyze property.log, property.told');
	for my $promise (@promises)
	{
		my ($name, $sql) = @$promise;
		my $broken = $node->safe_psql($db, "$sql limit 10");
		is($broken, '', "$edition: $name");
	}

	# It has to have been worth asking
	my %seen = map { split /\|/ } split /\n/, $node->safe_psql($db, q{
		select 'writes', count(*) from property.log where kind = 'write'
		union all
		select 'saves', count(*) from property.log where kind = 'data'
		union all
		select 'refusals', count(*) from property.told where kind = 'error' and message = 'PT409'
		union all
		select 'serialization failures', count(*) from property.told where kind = 'error' and message = '40001'
		union all
		select 'renewals', count(*) from property.told where kind = 'lease'
		union all
		select 'takeovers', count(*) from (
			select worker <> lag(worker) over (partition by session_id order by n) as taken_over from property.log where kind = 'lease') as l
		where taken_over});
	note("$edition: " . join(', ', "$naps naps", "$kills kills", map { "$seen{$_} $_" } sort keys %seen));
	cmp_ok($seen{$_}, '>', 10 * $seconds, "$edition: there were $_") for qw(writes saves refusals renewals takeovers);
}

$node->stop;
done_testing();
