# Calls that fail between their own steps, at every point that the source marks:
# nothing of theirs is left, neither in the tables nor in the connection, be they
# alone, within a savepoint, or caught. And calls that are stopped there while
# somebody else changes the row.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

# What has been done by then. A point that is missing here, or that no call passes, fails the test.
my %points = (
	'announced' => 'the audit trigger is told who changes what',
	'batch-locked' => 'all rows of a batch locked',
	'before-update' => 'a row found, or locked',
	'claims-read' => 'a subtransaction of our own under way',
	'data-loaded' => 'what was asked for read',
	'data-read' => 'one of the keys that are asked for read',
	'data-saved' => 'what was given written, or to be written, of a save',
	'data-session-found' => 'a session found whose data is asked for',
	'data-updated' => 'a value written of a save',
	'element-done' => 'an element of a batch written',
	'event-inserted' => 'an event inserted, as the owner',
	'event-written' => 'an event written',
	'forgotten' => 'the event of what was forgotten written, or to be written',
	'heap-updated' => 'a row written, its index entries not',
	'held-locked' => 'leases locked that are held',
	'idle-locked' => 'idle sessions locked',
	'lease-lost' => 'the first of two events of a lease written',
	'lease-snapshot' => 'a snapshot pushed to look for leases',
	'lease-take' => 'a row written, its lease not',
	'lease-taken' => 'a lease taken',
	'leases-changed' => 'leases changed',
	'named-locked' => 'leases locked to be claimed',
	'operation-taken' => 'an announcement used up',
	'owner-switch-back' => 'all done as the owner',
	'owner-switched' => 'become the owner',
	'plan-prepared' => 'a plan prepared, not kept',
	'result-made' => 'all done, a type still held',
	'result-put' => 'all done, a result not yet stored',
	'row-inserted' => 'a row inserted',
	'row-locked' => 'one row of a batch locked',
	'row-updated' => 'a row written, its event not',
	'saves-locked' => 'all sessions and leases of a batch of saves locked',
	'session-expired' => 'one of several sessions ended',
	'snapshot-pushed' => 'a snapshot pushed to look for a row',
	'table-examined' => 'a table examined, the result not yet valid',
	'table-opened' => 'a table opened',
);

my $node = new_server('main', 'autovacuum = off');
my $supported = $node->safe_psql('postgres',
	q{select count(*) from pg_available_extensions where name = 'injection_points'})
  && $node->psql('postgres', q{create extension injection_points; select injection_points_attach('botsession', 'error')}) == 0;
if (!$supported)
{
	$node->stop;
	plan skip_all => 'the server has no injection points: it has to be built with them';
}
$node->safe_psql('postgres', 'drop extension injection_points');

my $source = join '', map { slurp_file($_) } glob "$FindBin::RealBin/../../src/*.c";
my %marked = map { $_ => 1 } $source =~ /compat_injection_point\("botsession-([\w-]+)"\)/g;
is_deeply([ sort keys %marked ], [ sort keys %points ], 'every point of the source, and no other, is tested');

# With the privileges that the migration grants, and no others.
$node->safe_psql('postgres', 'create role service_role bypassrls');

my $fence = q{(select fence from bot_session_leases where session_id = 'held')};
my %calls = (
	'new' => q{select from bot_session_start('new')},
	'new, by a worker' => q{select from bot_session_start('new', 'me')},
	'recovered' => q{select from bot_session_start('active')},
	'reopened' => q{select from bot_session_start('ended')},
	'taken over' => q{select from bot_session_start('lost1', 'me')},
	'touch' => q{select from bot_session_touch('active', 'hello', 'new code')},
	'touch with fence' => qq{select from bot_session_touch('held', 'hello', fence => $fence)},
	'heartbeat' => qq{select from bot_session_touch('held', fence => $fence, heartbeat_interval => '1 hour')},
	'end' => q{select from bot_session_end('active', 'done')},
	'end of a lease' => q{select from bot_session_end('held', 'done')},
	'batch' => qq{select from bot_session_touch_many(jsonb_build_array(
		jsonb_build_object('session_id', 'unknown'),
		jsonb_build_object('session_id', 'held', 'last_message', 'hello', 'fence', $fence),
		jsonb_build_object('session_id', 'active', 'qr_data', 'new code')))},
	'expire' => q{select from bot_session_expire('1 hour')},
	'claim' => q{select from bot_session_claim('me')},
	'renew' => q{select from bot_session_renew((select jsonb_object_agg(session_id, fence) from bot_session_leases))},
	'release' => q{select from bot_session_release((select jsonb_object_agg(session_id, fence) from bot_session_leases))},
	'save' => q{select bot_session_save('active', '{"creds": {"creds": "after"}, "session": {"a": null, "b": "2"}}')},
	'save with fence' => qq{select bot_session_save('held', '{"creds": {"creds": "new"}}', $fence)},
	'saves' => qq{select bot_session_save_many(jsonb_build_array(
		jsonb_build_object('session_id', 'held', 'data', '{"creds": {"creds": "new"}}'::jsonb, 'fence', $fence),
		jsonb_build_object('session_id', 'active', 'data', '{"session": null}'::jsonb)))},
	'load' => q{select bot_session_load('active')},
	'load of a key' => q{select bot_session_load('active', '{"creds": ["creds"]}')},
	'load of keys and a kind' => q{select bot_session_load('active', '{"creds": ["creds"], "session": null}')},
	'forget' => q{select bot_session_forget('active', reason => 'done')},
	'end and forget' => q{select from bot_session_end('active', 'done', forget => true)},
	'plain insert' => q{insert into bot_sessions (session_id) values ('new')},
	'plain update' => q{update bot_sessions set status = 'inactive'},
	'plain delete' => q{delete from bot_sessions},
);

my $fill = q{
	truncate bot_sessions, bot_session_events, bot_session_leases, bot_session_data;
	insert into bot_sessions (session_id, updated_at)
		values ('idle1', now() - interval '1 day'), ('idle2', now() - interval '1 day');
	do $$
	begin
		perform bot_session_start(id) from unnest('{active, ended, held, lost1, lost2}'::text[]) as id;
		perform bot_session_touch('active', 'before', 'code');
		perform bot_session_save('active', '{"creds": {"creds": "before"}, "session": {"a": "1"}}');
		perform bot_session_end('ended');
		perform bot_session_start('held', 'worker', '1 day');
		perform bot_session_start('lost' || i, 'worker', '1 microsecond') from generate_series(1, 2) as i;
	end $$;
	-- In a transaction of its own: the row is free then of the lock that the lease's foreign key took
	do 'begin perform bot_session_touch(''held'', ''before''); end';
};

sub prepare
{
	my ($way) = @_;
	my $db = make_way($node, $way);
	$node->safe_psql($db, $fill . q{
		create extension injection_points;
		-- So that updates have to write to an index
		create index on bot_sessions (last_message);

		create function caught(call text) returns text language plpgsql as $$
		begin
			execute call;
			return 'no error';
		exception when others then
			return sqlerrm;
		end $$;
	});
	return $db;
}

# Only this connection's calls are to fail or to wait.
my $connection = q{
	load 'botsession';
	set role service_role;
	set search_path = public, pg_temp;
	set request.jwt.claims = '{"sub": "somebody"}';
	set botsession.reason = 'kept';
	select from injection_points_set_local();
};

sub attach
{
	my ($points, $action) = @_;
	return join '', map { "select from injection_points_attach('botsession-$_', '$action');\n" } @$points;
}

# Before the connection ends: it would do it then as well, but be at it while the next one attaches.
sub detach
{
	return join '', map { "select from injection_points_detach('botsession-$_');\n" } @_;
}

sub run
{
	my ($db, $sql) = @_;
	my ($rc, $out, $err) = $node->psql($db, "$connection$sql", on_error_stop => 0);
	# Statements that return no columns
	$out =~ s/^\n//mg;
	return ("$out\n", $err);
}

# What is stored, and what the connection is set to. (By COPY, as to plan takes long where nothing is cached.)
my $state = q{
	copy bot_sessions to stdout;
	copy bot_session_leases to stdout;
	copy bot_session_events to stdout;
	copy bot_session_data to stdout;
	select current_user;
	show role;
	show search_path;
	show botsession.operation;
	show botsession.reason;
};

# What is stored, without what differs from one time to the next
my $copy_outcome = q{
	copy bot_sessions (session_id, status, last_message, qr_data) to stdout;
	copy bot_session_leases (session_id, worker) to stdout;
	copy bot_session_data (session_id, kind, key, value) to stdout;
	copy bot_session_events (event_id, session_id, event, reason, actor_role, actor_sub) to stdout;
};

sub in_order
{
	my ($outcome) = @_;
	my %events = map { /^(\d+)\t(.*)/ ? ($1 => $2) : () } my @lines = split /\n/, $outcome;
	return join "\n", (sort grep { !/^\d+\t/ } @lines), map { $events{$_} } sort { $a <=> $b } keys %events;
}

my %passed;
for my $way ('c', 'spi')
{
	my $db = prepare($way);
	my ($before) = run($db, $state);

	for my $name (sort keys %calls)
	{
		my $call = $calls{$name};
		my $try = "begin;\n$call;\n${copy_outcome}rollback;\n";
		my ($outcome, $notices) = run($db, attach([ sort keys %points ], 'notice') . $try . detach(sort keys %points));
		my %through = map { $_ => 1 } $notices =~ /triggered for injection point botsession-([\w-]+)/g;
		$passed{$_}++ for keys %through;
		$outcome = in_order($outcome);

		# That one is caught on the way: who did it remains unknown
		if (delete $through{'claims-read'})
		{
			my ($out) = run($db, attach([ 'claims-read' ], 'error') . "$try\\echo ==\n$state" . detach('claims-read'));
			my ($unknown, $after) = split /^==\n/m, $out;
			is(in_order($unknown), $outcome =~ s/\tsomebody$/\t\\N/mgr, "$way: $name, failing at claims-read");
			is($after, $before, "$way: $name, having failed at claims-read");
		}

		for my $point (sort keys %through)
		{
			my ($out) = run($db, attach([$point], 'error') . qq{
				$call;
				\\echo alone: :LAST_ERROR_MESSAGE
				$state
				select 'caught: ' || caught(\$call\$$call\$call\$);
				$state
				\\set LAST_ERROR_MESSAGE ''
				begin;
				savepoint s;
				$call;
				\\echo in a savepoint: :LAST_ERROR_MESSAGE
				rollback to s;
				$state
				\\echo ==
				} . detach($point) . qq{
				$call;
				$copy_outcome
				rollback;
				\\echo ==
				$state});
			my ($failed, $done, $after) = split /^==\n/m, $out;
			# Shorter to read where it differs
			$failed =~ s/^\Q$before\E/as before\n/mg;
			my $error = "error triggered for injection point botsession-$point";
			is($failed, "alone: $error\nas before\ncaught: $error\nas before\nin a savepoint: $error\nas before\n",
				"$way: $name, failing at $point");
			is(in_order($done), $outcome, "$way: $name, having failed at $point");
			is($after, $before, "$way: $name, rolled back after that");
		}
	}
}
is_deeply([ grep { !$passed{$_} } sort keys %points ], [], 'some call passes every point');

# Stopped there, while somebody else makes a change: where, which call, of which session, and who comes first then.
# What is not locked yet can be changed, what is waits.
my @stops = (
	(map { [ 'before-update', $_, 'active', { c => 'change', spi => 'call' } ] } 'touch', 'recovered', 'end'),
	[ 'before-update', 'touch with fence', 'held', { c => 'call', spi => 'call' } ],
	[ 'lease-take', 'taken over', 'lost1', { c => 'call', spi => 'call' } ],
	[ 'row-locked', 'batch', 'held', { c => 'change' } ],
	[ 'batch-locked', 'batch', 'held', { c => 'call', spi => 'call' } ],
	[ 'idle-locked', 'expire', 'idle1', { c => 'call', spi => 'call' } ],
	[ 'named-locked', 'claim', 'lost1', { c => 'call', spi => 'call' } ],
	[ 'row-inserted', 'new', 'new', { c => 'call', spi => 'call' } ],
);
my %changes = (
	touch => q{select from bot_session_touch('%s', 'theirs');},
	end => q{select from bot_session_end('%s', 'theirs');},
	start => q{select from bot_session_start('%s', 'them');},
	delete => q{delete from bot_sessions where session_id = '%s';},
);

# What the call has answered and what is stored in the end.
sub answer
{
	my ($db, $psql) = @_;
	return join "\n", $psql->{out}, $psql->{err} =~ /ERROR:\s+(\w{5})/g, in_order($node->safe_psql($db, $copy_outcome));
}

# Start a call that waits at a point.
sub start_until
{
	my ($db, $point, $sql) = @_;
	my $psql = psql_start($node, $db, $connection . attach([$point], 'wait') . $sql);
	$node->safe_psql($db, wait_until("bool_or(wait_event = 'botsession-$point')"));
	return $psql;
}

for my $stop (@stops)
{
	my ($point, $name, $id, $first) = @$stop;
	my $call = $calls{$name} =~
	  s/^select from (.*)/select to_jsonb(r) - '{created_at, updated_at, fence, expires_at}'::text[] from $1 as r;/sr;

	# A new row is seen by nobody who does not start it as well
	for my $change ($name eq 'new' ? 'start' : $point eq 'before-update' ? qw(touch end delete) : qw(end delete))
	{
		my $theirs = sprintf $changes{$change}, $id;
		for my $way (sort keys %$first)
		{
			my $db = "bots_$way";

			$node->safe_psql($db, $fill);
			$node->safe_psql($db, $theirs) if $first->{$way} eq 'change';
			my $ours = psql_finish(psql_start($node, $db, "$connection$call"));
			$node->safe_psql($db, $theirs) if $first->{$way} eq 'call';
			my $expected = answer($db, $ours);

			$node->safe_psql($db, $fill);
			$ours = start_until($db, $point, $call);
			my $other = psql_start($node, $db, $theirs);
			if ($first->{$way} eq 'call')
			{
				wait_until_waiting($node, $db, 1);
			}
			else
			{
				psql_finish($other);
			}
			$node->safe_psql($db, detach($point) . "select from injection_points_wakeup('botsession-$point');");
			psql_finish($ours);
			is(psql_finish($other)->{err}, '', "$way: $change while $name is at $point");
			# Its server process, as it ends, detaches what it attached, be it somebody else's by then
			$node->safe_psql($db, wait_until("count(*) filter (where backend_type = 'client backend') = 1"));
			is(answer($db, $ours), $expected, "$way: $name, stopped at $point before $change: the $first->{$way} comes first");
		}
	}
}

# Of what is caught there, a cancel is not.
for my $way ('c', 'spi')
{
	my $db = "bots_$way";

	$node->safe_psql($db, $fill);
	my ($before) = run($db, $state);
	my $ours = start_until($db, 'claims-read', "$calls{end};" . detach('claims-read') . $state);
	$node->safe_psql($db, q{select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'botsession-claims-read'});
	psql_finish($ours);
	is(join(' ', $ours->{err} =~ /ERROR:\s+(\w{5})/g), '57014', "$way: end is cancelled at claims-read");
	is("$ours->{out}\n" =~ s/^\n//mgr, $before, "$way: end, cancelled at claims-read");
}

my $log = slurp_file($node->logfile);
is(join('', grep { /WARNING|PANIC|TRAP:|terminated by signal/ } split /^/m, $log), '', 'nothing in the log of the server');
$node->stop;
done_testing();
