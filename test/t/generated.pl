# What is made from other files and committed is what they make: the SQL scripts from sql/source, the README's picture
# from the console. And the sources can be read: not long, not wide.

use strict;
use warnings;

use File::Basename qw(basename dirname);
use File::Compare qw(compare);
use File::Temp qw(tempdir);
use Test::More;

chdir dirname(__FILE__) . '/../..' or die "cannot enter the tree: $!";
my @make = ('make', '--silent', '--no-print-directory', 'PG_CONFIG=' . ($ENV{PG_CONFIG} // 'pg_config'));
my $committed = tempdir(CLEANUP => 1) . '/committed.sql';

sub content
{
	local $/;
	open my $file, '<', $_[0] or return '';
	return <$file>;
}

for my $file ('sql/create_bot_sessions.sql', glob 'sql/botsession--*.sql')
{
	system('mv', $file, $committed);
	ok(system(@make, $file) == 0 && compare($file, $committed) == 0, "$file is assembled: else run make, and commit it");
}

# Without comments: those of an include stand once in the migration.
sub code
{
	return content($_[0]) =~ s/^ *-- .*\n//gmr;
}

my $migration = code('sql/create_bot_sessions.sql');
for my $file (glob 'sql/source/functions/*.sql')
{
	my $built = 'sql/build/' . basename($file);
	ok(system(@make, $built) == 0 && code($built) ne '' && index($migration, code($built)) >= 0,
		"$built is in the migration");
}

# In the migration's own sections no line is wide, but for the text of a comment and what psql wants in one line.
for my $file (glob 'sql/source/*.sql sql/source/*/*.sql')
{
	my @lines = split /\n/, content($file);
	cmp_ok(scalar @lines, '<=', 130, "lines of $file");
	next if $file =~ m{^sql/source/.*/};
	my ($text, @wide);
	for my $i (0 .. $#lines)
	{
		$text = 1 if $lines[$i] =~ /^comment on/;
		push @wide, $i + 1 if !$text && $lines[$i] !~ /^\\echo/ && length $lines[$i] > 120;
		$text = 0 if $lines[$i] =~ /';$/;
	}
	is("@wide", '', "lines of $file with more than 120 characters");
}

is(content('docs/console.png.sources'), `test/screenshots/hash.sh .`, 'the picture is of this page: else make screenshots');
cmp_ok(-s 'docs/console.png', '<=', 150_000, 'bytes of the picture');

done_testing();
