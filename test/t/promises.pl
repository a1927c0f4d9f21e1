# Every test that docs/promises.md names exists, and every TAP test and every part
# is named there: who adds one has to say what it is for.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/../..' or die "cannot enter the tree: $!";
open my $page, '<', 'docs/promises.md' or die "cannot read docs/promises.md: $!";
my $lines = 0;
my %named;
for my $line (<$page>)
{
	next unless my ($promise, $tests) = $line =~ /^\| (.*) \| (.*) \|$/ and $line !~ /^\| promise /;
	my @tests = $tests =~ /`([^`]*)`/g;
	$lines++;
	ok(@tests, "$promise: a test");
	ok(-e, "$_ exists") for @tests;
	$named{$_}++ for @tests;
}
cmp_ok($lines, '>', 30, 'promises');
# What they hold is not a promise to users
my %other = map { ("test/$_" => 1) } qw(t/promises.pl t/documentation.pl t/generated.pl parts/dist.sh parts/packages.sh parts/scaling.sh
	parts/format.sh);
is_deeply([ grep { !$named{$_} && !$other{$_} } glob 'test/t/*.pl test/parts/*.sh' ], [], 'tests that hold no promise');

done_testing();
