# The disk is full: 53100, nothing half done, and everything works again when
# there is room.  Where the disk of the write-ahead log is full, the server
# stops, and has all that was committed when it starts again.
#
# The disks are small ones in memory, in a mount namespace of this test's own.

use strict;
use warnings;

# Before the modules take the output over
BEGIN
{
	my @unshare = qw(unshare --user --map-current-user --keep-caps --mount);

	if (!$ENV{BOTSESSION_OWN_MOUNTS})
	{
		if (system("@unshare mount -t tmpfs none /mnt 2>/dev/null") != 0)
		{
			print "1..0 # SKIP an ordinary user may not mount a disk here\n";
			exit;
		}
		$ENV{BOTSESSION_OWN_MOUNTS} = 'yes';
		exec(@unshare, $^X, (map { "-I$_" } @INC), $0) or die "cannot run unshare: $!";
	}
}

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $disk = PostgreSQL::Test::Utils::tempdir;
my $wal_disk = PostgreSQL::Test::Utils::tempdir;

sub mount_disk
{
	my ($dir, $options) = @_;
	system_or_bail('mount', '-t', 'tmpfs', '-o', $options, 'none', $dir);
	return;
}

# Take all the space that is left, or all but so many kilobytes
sub fill_disk
{
	my ($dir, $leave) = @_;
	system("cat /dev/zero >$dir/filler 2>/dev/null");
	truncate("$dir/filler", (-s "$dir/filler") - $leave * 1024) or die "cannot truncate: $!";
	return;
}

mount_disk($disk, 'size=12m');
mkdir "$disk/tablespace" or die "cannot make a directory: $!";
my $node = new_server('main', "autovacuum = off\n");
$node->safe_psql('postgres', "create tablespace small location '$disk/tablespace'");

for my $way (@WAYS)
{
	my $db = make_way($node, $way);
	my $random = q{(select string_agg(md5(random()::text || i), '') from generate_series(1, %d) as i)};
	my %calls = (
		bot_session_start => q{select count(*) from (select bot_session_start('new' || i) from generate_series(1, 1500) as i) as s},
		bot_session_touch => sprintf("select from bot_session_touch('bot1', $random)", 4000),
		bot_session_touch_many => sprintf(q{select from bot_session_touch_many((select jsonb_agg(jsonb_build_object(
			'session_id', 'bot' || b, 'qr_data', %s)) from generate_series(1, 50) as b))}, sprintf($random, 100)),
		bot_session_end => q{select count(*) from (select bot_session_end('bot' || i, repeat('why', 500)) from generate_series(1, 50) as i) as s},
		bot_session_expire => q{select from bot_session_expire('1 microsecond', 1000, (repeat('why', 500)))},
	);

	$node->safe_psql($db, q{
		alter table bot_sessions set tablespace small;
		alter table bot_session_events set tablespace small;
		alter index bot_sessions_pkey set tablespace small;
		select bot_session_start('bot' || i) from generate_series(1, 50) as i;
		checkpoint;
	});
	my $before = rows_and_events($node, $db);
	for my $leave (0, 16)
	{
		fill_disk($disk, $leave);
		for my $name (sort keys %calls)
		{
			my (undef, $out, $err) = $node->psql($db, qq{
				\\set VERBOSITY sqlstate
				begin;
				savepoint s;
				$calls{$name};
				rollback to s;
				select status from bot_session_touch_many('[{"session_id": "unknown"}]');
				rollback;
				select 'usable';
			}, on_error_stop => 0);
			like($err, qr/ERROR:\s+53100$/, "$way: $name, $leave kB left");
			is($out, "\nusable", "$way: the connection goes on");
		}
		is(rows_and_events($node, $db), $before, "$way: nothing is half done");
		unlink "$disk/filler" or die "cannot remove: $!";
	}
	is(sqlstate($node, $db, "begin; $calls{$_}; rollback"), '00000', "$way: $_ works when there is room") for sort keys %calls;
	$node->safe_psql('postgres', "drop database $db");
	$node->safe_psql('postgres', 'checkpoint');
}
$node->stop;

mount_disk($wal_disk, 'size=64m');
my $full = PostgreSQL::Test::Cluster->new('full');
$full->init(extra => [ '--encoding=UTF8', '--locale=C', '--wal-segsize=1', "--waldir=$wal_disk/wal" ]);
$full->append_conf('postgresql.conf', "max_wal_size = 100MB\nmin_wal_size = 2MB\nwal_keep_size = 100MB\nrestart_after_crash = off\n");
$full->start;
make_way($full, $_) for @WAYS;
fill_disk($wal_disk, 2048);
my $writer = psql_start($full, "bots_c", qq{
	select from bot_session_start('bot1');
	@{[ map { "select split_part(last_message, ' ', 1) from bot_session_touch('bot1', '$_ ' || (select string_agg(md5(random()::text || i), '') from generate_series(1, 1000) as i));\n" } 1 .. 200 ]}
});
psql_finish($writer);
like(slurp_file($full->logfile), qr/PANIC:  .*No space left on device/, 'the server stops where it cannot write its log');
my ($last) = $writer->{out} =~ /^(\d+)\n*\z/m;
cmp_ok($last, '>', 0, "but did what it could: $last calls");
for (1 .. 1800)
{
	last unless -e $full->data_dir . '/postmaster.pid';
	select undef, undef, undef, 0.1;
}
$full->kill9;    # tells the node that it is not running
system_or_bail('mount', '-o', 'remount,size=100m', $wal_disk);
$full->start;
like($full->safe_psql('bots_c', q{select split_part(last_message, ' ', 1) from bot_sessions}), qr/^($last|@{[ $last + 1 ]})$/,
	'and has all of it when there is room again');
is($full->safe_psql("bots_$_", q{select status from bot_session_start('bot2')}), 'active', "$_: and works") for @WAYS;
$full->stop;

done_testing();
