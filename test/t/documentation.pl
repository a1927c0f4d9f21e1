# A page in Portuguese has the headings and the code blocks of the English one, and the links in the pages of the
# documentation lead somewhere.
#
# Headings have to be of the same level, and code blocks the same but for their comments, which may be translated. So
# the blocks of the Portuguese pages need not be run: they are those of the English ones.
#
# Links are those of the form [text](target). What other sites have is not looked up.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));
use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/../..' or die "cannot enter the tree: $!";
my @translated = ('README', 'docs/data');
# How a comment begins, at the start of a line or after a blank.
my %comment = (sql => '--', sh => '#', js => '//', cjs => '//', mjs => '//', py => '#');
my %pages;

sub result
{
	my ($name, @wrong) = @_;
	ok(!@wrong, $name) or diag(join "\n    ", @wrong);
}

# A page as { headings => [{ line, is }], blocks => [{ line, is }], links => [{ line, is }], anchors => { ANCHOR => 1 } }.
sub page
{
	my $path = shift;
	return $pages{$path} if $pages{$path};
	my %page = (headings => [], blocks => [], links => [], anchors => {});
	my ($block, $comment);
	open my $file, '<', $path or die "$path: $!\n";
	while (my $line = <$file>)
	{
		chomp $line;
		if ($line =~ /^ *```(.*)/)
		{
			$comment = $comment{$1};
			push @{ $page{blocks} }, { line => $., is => "$1\n" } if !$block;
			$block = !$block;
		}
		elsif ($block)
		{
			$line =~ s/(^|\s+)\Q$comment\E .*// if $comment;
			$page{blocks}[-1]{is} .= $line =~ s/\s+$//r . "\n" if $line =~ /\S/;
		}
		elsif ($line =~ /^(#+) +(.*)/)
		{
			push @{ $page{headings} }, { line => $., is => $1 };
			# GitHub's rule.
			my $anchor = lc $2 =~ s/[^\w\- ]//gr;
			$anchor =~ tr/ /-/;
			my $same = $page{anchors}{$anchor}++;
			$page{anchors}{"$anchor-$same"} = 1 if $same;
		}
		elsif ($line !~ /^<!--/)
		{
			$line =~ s/`[^`]+`//g;
			push @{ $page{links} }, { line => $., is => $1 } while $line =~ s/\]\(([^()\s]+)\)/]/;
		}
	}
	return $pages{$path} = \%page;
}

sub compare
{
	my ($kind, @paths) = @_;
	my @parts = map { page($_)->{$kind} } @paths;
	for my $i (0 .. ($#{ $parts[0] } > $#{ $parts[1] } ? $#{ $parts[0] } : $#{ $parts[1] }))
	{
		my @pair = map { $_->[$i] } @parts;
		next if $pair[0] && $pair[1] && $pair[0]{is} eq $pair[1]{is};
		return ('they differ first in',
			map { $pair[$_] ? "$paths[$_]:$pair[$_]{line}: $pair[$_]{is}" : "$paths[$_]: has no more" } 0, 1);
	}
	return;
}

sub broken_links
{
	my $path = shift;
	my @broken;
	for my $link (grep { $_->{is} !~ /^[a-z]+:/ } @{ page($path)->{links} })
	{
		my ($to, $anchor) = split /#/, $link->{is}, 2;
		my $file = $to eq '' ? $path : dirname($path) . "/$to";
		my $found = -e $file && (!defined $anchor || page($file)->{anchors}{$anchor});
		push @broken, "$path:$link->{line}: $link->{is}" unless $found;
	}
	return @broken ? ('nothing is where these lead', @broken) : ();
}

for my $page (@translated)
{
	result("same $_ in $page", compare($_, "$page.md", "$page.pt-BR.md")) for 'headings', 'blocks';
}
result("links in $_", broken_links($_)) for glob '*.md docs/*.md docs/examples/*.md examples/*/*.md clients/*/*.md';
done_testing();
