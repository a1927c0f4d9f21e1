# readme_languages.pl, run at the top of the sources: README.pt-BR.md is README.md in Portuguese, part by part, and
# the links in the pages of the documentation lead somewhere. Prints "ok NAME" and "not ok NAME: WHY".
#
# The two must have, at the same places, what does not depend on a language: headings of the same level; code blocks,
# comments in them aside; table rows; paragraphs and list items, in which, as in rows, the code, the numbers and the
# targets of links are the same. So docs.test.cjs need not run the Portuguese blocks: they are those of README.md.
#
# Links are those of the form [text](target). What other sites have is not looked up.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));
use File::Basename qw(dirname);

my ($english, $portuguese) = qw(README.md README.pt-BR.md);
my (%pages, $failed);

sub result
{
	my ($name, @wrong) = @_;
	print @wrong ? 'not ok' : 'ok', " readme-languages $name", @wrong ? ": $wrong[0]" : '', "\n";
	print "    $_\n" for @wrong[1 .. $#wrong];
	$failed ||= @wrong;
}

# A page as { parts => [{ kind, line, text, section }], anchors => { ANCHOR => number of its heading } }.
sub page
{
	my $path = shift;
	return $pages{$path} if $pages{$path};
	my (@parts, %anchors, %seen, $in_code, $in_text);
	my $section = 0;
	open my $file, '<', $path or die "$path: $!\n";
	while (my $line = <$file>)
	{
		chomp $line;
		my $fence = $line =~ /^ *```/;
		my $kind = $in_code || $fence ? 'code blocks'
			: $line =~ /^#+ /         ? 'headings'
			: $line =~ /^<!--/        ? 'comments'
			: $line =~ /^\|/          ? 'table rows'
			: $line =~ /\S/           ? 'text'
			:                           '';
		$in_code = !$in_code if $fence;
		if ($kind eq 'headings')
		{
			# GitHub's rule.
			my $anchor = lc $line =~ s/^#+ +//r;
			$anchor =~ s/[^\w\- ]//g;
			$anchor =~ tr/ /-/;
			my $same = $seen{$anchor}++;
			$anchors{ $same ? "$anchor-$same" : $anchor } = ++$section;
		}
		# Comments in code are in the language of the page.
		if ($kind eq 'code blocks' && !$fence && $in_code)
		{
			$line =~ s/(^|\s+)(--|\/\/|#)( .*|)$//;
			$kind = '' if $line eq '';
		}
		if ($kind eq 'text' && $in_text && $line !~ /^ *(-|\d+\.) /)
		{
			$parts[-1]{text} .= " $line";
		}
		elsif ($kind)
		{
			push @parts, { kind => $kind, line => $., text => $line, section => $section };
		}
		$in_text = $kind eq 'text';
	}
	return $pages{$path} = { parts => \@parts, anchors => \%anchors };
}

# Takes a text apart: what is in `code`, the targets of links, and the rest.
sub take_apart
{
	my $text = shift;
	my (@code, @targets);
	push @code, $1 while $text =~ s/(`[^`]+`)//;
	push @targets, $1 while $text =~ s/\]\(([^()\s]+)\)/]/;
	return (\@code, \@targets, $text);
}

# What of a part has to be the same in both languages.
sub common_to_languages
{
	my ($path, $part) = @_;
	my $text = $part->{text};
	return $text =~ /^(#+)/ ? $1 : '' if $part->{kind} eq 'headings';
	return $text if $part->{kind} eq 'code blocks';

	my ($code, $targets, $rest) = take_apart($text);
	my %found = map { $_ => 1 } @$code;
	for my $target (@$targets)
	{
		my $heading = $target =~ /^#(.*)/ ? page($path)->{anchors}{$1} // 'none' : undef;
		$target = 'the other README' if $target =~ /^(\Q$english\E|\Q$portuguese\E)$/;
		$found{ $heading ? "(heading $heading)" : "($target)" } = 1;
	}
	# 0,70 in Portuguese is 0.70.
	$found{ tr/,/./r } = 1 for $rest =~ /\w*\d\w*(?:[.,]\d+)*/g;
	my $columns = $part->{kind} eq 'table rows' ? ($rest =~ tr/|//) - 1 . ' columns: ' : '';
	return $columns . join ' ', sort keys %found;
}

sub compare
{
	my $kind = shift;
	my @parts = map { my $path = $_; [grep { $_->{kind} eq $kind } @{ page($path)->{parts} }] } $english, $portuguese;
	for my $i (0 .. ($#{ $parts[0] } > $#{ $parts[1] } ? $#{ $parts[0] } : $#{ $parts[1] }))
	{
		my ($en, $pt) = map { $_->[$i] } @parts;
		my ($in_en, $in_pt) = map { $_->[1] ? common_to_languages(@$_) : undef } [$english, $en], [$portuguese, $pt];
		next if $en && $pt && $en->{section} == $pt->{section} && $in_en eq $in_pt;
		return ('they differ first in',
			$en ? "$english:$en->{line} (heading $en->{section}): $in_en" : "$english: has no more",
			$pt ? "$portuguese:$pt->{line} (heading $pt->{section}): $in_pt" : "$portuguese: has no more");
	}
	return;
}

sub broken_links
{
	my $path = shift;
	my @broken;
	for my $part (grep { $_->{kind} !~ /^(code blocks|comments)$/ } @{ page($path)->{parts} })
	{
		my (undef, $targets) = take_apart($part->{text});
		for my $target (grep { !/^[a-z]+:/ } @$targets)
		{
			my ($to, $anchor) = split /#/, $target, 2;
			my $file = $to eq '' ? $path : dirname($path) . "/$to";
			my $found = -e $file && (!defined $anchor || page($file)->{anchors}{$anchor});
			push @broken, "$path:$part->{line}: $target" unless $found;
		}
	}
	return @broken ? ('nothing is where these lead', @broken) : ();
}

result("same $_", compare($_)) for 'headings', 'code blocks', 'table rows', 'text';
result("links in $_", broken_links($_)) for glob '*.md docs/*.md examples/*/*.md';
exit($failed ? 1 : 0);
