# What the TAP tests share: servers with sessions in both editions.
package BotSession;

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(@EDITIONS @WAYS new_server install make_database make_way sessions events
  data rows_and_events sqlstate psql_start psql_finish wait_until wait_until_waiting kill_server
  copy_of_the_server);

our @EDITIONS = qw(c plpgsql);

# The C edition reaches the rows in two ways.
our @WAYS = qw(c spi plpgsql);

# BOTSESSION_MIGRATION names another one, to see the tests fail.
my $migration = $ENV{BOTSESSION_MIGRATION}
  || dirname(__FILE__) . '/../../sql/create_bot_sessions.sql';

# A server that has been started, with settings of its own.
sub new_server
{
	my ($name, $conf, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ], %init);
	$node->append_conf('postgresql.conf', "max_prepared_transactions = 10\n" . ($conf // ''));
	$node->start;
	return $node;
}

# An installation without the extension: the same files, but for its own.  Returns its path
# for a node, and the directory that stands for the root.  A server finds its libraries and
# its shared files from where its program is.
sub copy_of_the_server
{
	my $root = PostgreSQL::Test::Utils::tempdir;
	my %dirs = map { my $out = qx(pg_config --$_); chomp $out; $_ => $out } qw(bindir libdir pkglibdir sharedir);

	make_path("$root$dirs{bindir}");
	for my $program (qw(postgres pg_ctl pg_config))
	{
		copy("$dirs{bindir}/$program", "$root$dirs{bindir}/$program") or die "cannot copy $program: $!";
		chmod 0755, "$root$dirs{bindir}/$program";
	}
	for my $dir (@dirs{qw(bindir pkglibdir sharedir)}, "$dirs{sharedir}/extension")
	{
		make_path("$root$dir");
		for my $file (glob "$dir/*")
		{
			symlink($file, "$root$file") or die "cannot link $file: $!"
			  unless -e "$root$file" || $file =~ m{/(extension|botsession[^/]*|create_bot_sessions\.sql)$};
		}
	}
	return (dirname("$root$dirs{bindir}"), $root);
}

# Run the migration; '' takes the edition that it chooses by itself.
sub install
{
	my ($node, $db, $edition) = @_;
	my $row = $node->safe_psql($db,
		"set botsession.edition = '$edition';\n" . slurp_file($migration));
	die "installed $row, not $edition" if $edition ne '' && $row !~ /^$edition\|/;
	return (split /\|/, $row)[0];
}

sub make_database
{
	my ($node, $db, $edition) = @_;
	$node->safe_psql('postgres', "create database $db");
	install($node, $db, $edition);
	return;
}

# A database bots_WAY, whose connections work in that way; its name.
sub make_way
{
	my ($node, $way) = @_;
	my $db = "bots_$way";
	make_database($node, $db, $way eq 'spi' ? 'c' : $way);
	$node->safe_psql('postgres', "alter database $db set botsession.direct_access = off") if $way eq 'spi';
	return $db;
}

# All rows, to be compared as text.
sub sessions
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, 'select * from bot_sessions order by session_id collate "C"');
}

sub events
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, 'select * from bot_session_events order by event_id');
}

# Nothing where there is none, or no table for it yet.
sub data
{
	my ($node, $db) = @_;
	return '' if $node->safe_psql($db, q{select to_regclass('bot_session_data') is null}) eq 't';
	my $rows = $node->safe_psql($db, 'select * from bot_session_data order by session_id collate "C", kind, key');
	return $rows eq '' ? '' : "\n--\n$rows";
}

sub rows_and_events
{
	my ($node, $db) = @_;
	return sessions($node, $db) . "\n--\n" . events($node, $db) . data($node, $db);
}

# The SQLSTATE that a statement fails with; 00000 where it does not fail.
sub sqlstate
{
	my ($node, $db, $sql) = @_;
	my ($rc, $out, $err) = $node->psql($db, "\\set VERBOSITY sqlstate\n$sql");
	return $err =~ /ERROR:\s+(\w{5})/ ? $1 : $rc == 0 ? '00000' : "no SQLSTATE: $err";
}

# A psql in the background.
sub psql_start
{
	my ($node, $db, $sql) = @_;
	my $psql = { out => '', err => '', file => PostgreSQL::Test::Utils::tempdir . '/script.sql' };
	append_to_file($psql->{file}, "\\set VERBOSITY sqlstate\n$sql");
	$psql->{run} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr($db), '-f', $psql->{file} ],
		'<', \undef, '>', \$psql->{out}, '2>', \$psql->{err},
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return $psql;
}

sub psql_finish
{
	my ($psql) = @_;
	eval { $psql->{run}->finish; 1 } or $psql->{err} .= $@;
	chomp @$psql{qw(out err)};
	return $psql;
}

# SQL that waits until a condition on what pg_stat_activity shows is true.
sub wait_until
{
	my ($condition) = @_;
	my $tries = 50 * $PostgreSQL::Test::Utils::timeout_default;
	return qq{
		do \$do\$
		begin
			for i in 1 .. $tries loop
				perform pg_stat_clear_snapshot();
				if (select $condition from pg_stat_activity) then return; end if;
				perform pg_sleep(0.02);
			end loop;
			raise 'waited in vain';
		end \$do\$;
	};
}

# Wait until that many backends of a database wait for a lock; their pids.
sub wait_until_waiting
{
	my ($node, $db, $n) = @_;
	my $waiting = "datname = '$db' and wait_event_type = 'Lock'";
	return split /\n/, $node->safe_psql('postgres',
		wait_until("count(*) filter (where $waiting) = $n") . "select pid from pg_stat_activity where $waiting order by pid");
}

# kill -9 of the server and all its processes at once.
sub kill_server
{
	my ($node) = @_;
	local $ENV{PGHOST} = $node->host;
	system_or_bail('bash', '-euc', '. "$1"; kill_cluster "$2"', '-',
		dirname(__FILE__) . '/../setup/cluster.sh', $node->data_dir);
	$node->kill9;    # tells the node that it is not running
	return;
}

1;
