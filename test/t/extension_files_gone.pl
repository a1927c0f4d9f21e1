# The extension is in the catalog, and its files are gone from the server or of another
# version, as after "make uninstall", a new image or a package that was purged: the
# migration says so, and what to do.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $migration = slurp_file($ENV{BOTSESSION_MIGRATION} || "$FindBin::RealBin/../../sql/create_bot_sessions.sql");
my ($path, $root) = copy_of_the_server();
chomp(my ($pkglibdir, $sharedir) = map { scalar qx(pg_config --$_) } qw(pkglibdir sharedir));
my @library = glob "$pkglibdir/botsession.so";
my @files = glob "$sharedir/extension/botsession{.control,--*.sql}";

sub installed
{
	my ($yes, @which) = @_;
	for my $file (@which)
	{
		unlink "$root$file";
		symlink($file, "$root$file") or die "cannot link $file: $!" if $yes;
	}
	return;
}
installed(1, @library, @files);

my $node = PostgreSQL::Test::Cluster->new('main', install_path => $path);
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
make_database($node, 'bots', 'c');
$node->safe_psql('bots', q{select from bot_session_start('bot1')});
my $rows = sessions($node, 'bots');

sub run_migration
{
	my ($before) = @_;
	my ($rc, $out, $err) = $node->psql('bots', "$before\n$migration", on_error_stop => 0);
	return ($out, $err);
}

my ($out, $err) = run_migration('');
is($err, '', 'while the files are there, nothing to say');

installed(0, @library);
is(sqlstate($node, 'bots', 'select bot_session_version()'), '58P01', 'without the library no function works');
($out, $err) = run_migration('');
like($err, qr/ERROR:  the extension botsession of this server cannot be used; nothing was changed\nDETAIL:  could not access file .*\nHINT:  Install version \S+ of its files on the server, or run this after: set botsession.edition = 'plpgsql'/,
	'the migration says so');

installed(0, @files);
($out, $err) = run_migration('');
like($err, qr/ERROR:  the extension botsession of this server cannot be used/, 'also where all files are gone');
installed(1, @library);
($out, $err) = run_migration('');
like($err, qr/WARNING:  extension botsession is installed in this database, but its files are gone from the server/,
	'a warning while the library is there');

# The library is of another version
installed(1, @files);
$node->safe_psql('bots', q{update pg_extension set extversion = '0.9.9' where extname = 'botsession'});
my ($rc, undef, $said) = $node->psql('bots', 'select bot_session_version()');
like($said, qr/library of botsession is of version \S+, its SQL definitions are of version 0.9.9\nHINT:  Run the migration/, 'a library of another version says so');
($out, $err) = run_migration('');
is($err, '', 'the migration mends it');
like($node->safe_psql('bots', 'select * from bot_session_version()'), qr/^c\|\d/, 'which version runs');

installed(0, @library, @files);
($out, $err) = run_migration("set botsession.edition = 'plpgsql';");
like($out, qr/^plpgsql\|/, 'without the files the other edition can be had');
is($err, '', 'without a word');
is(sessions($node, 'bots'), $rows, 'with all rows');
like($node->safe_psql('bots', 'select * from bot_session_version()'), qr/^plpgsql\|\d/, 'which version runs then');

$node->stop;
done_testing();
