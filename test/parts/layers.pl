# layers.pl FOLDER: the files of FOLDER call and include only what lies below them
#
# The order is the list at the top of botsession.h: a file lies below another if its name comes later. What is
# called is read from the objects. An order that holds leaves no circle.

use strict;
use warnings;

my ($folder) = @ARGV;
my %place;
my @wrong;

sub text_of
{
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

my @order = map { split } text_of("$folder/botsession.h") =~ /^ \*\t([\w ]+)$/mg;
for my $name (@order)
{
	push @wrong, "$name stands twice in the list of botsession.h" if defined $place{$name};
	$place{$name} = keys %place;
}
my @files = map { m{(\w+)\.c$} } glob "$folder/*.c";
my %is_file = map { $_ => 1 } @files;
push @wrong, map { "$_.c is missing in the list of botsession.h" } grep { !defined $place{$_} } @files;
push @wrong, map { "$_.c stands in the list of botsession.h and is not there" } grep { !$is_file{$_} } @order;

sub check
{
	my ($from, $to, $what) = @_;
	return if $from eq $to || !defined $place{$from} || !defined $place{$to} || $place{$from} < $place{$to};
	push @wrong, "$from $what $to, which lies above it";
}

# A symbol of ours, and the file that defines it
my (%defined_in, %undefined);
for my $file (@files)
{
	for (`nm $folder/$file.o`)
	{
		my ($type, $symbol) = /([A-Za-z]) (\w+)$/ or next;
		$defined_in{$symbol} = $file if $type =~ /[TDBRGSC]/;
		$undefined{$file}{$symbol} = 1 if $type eq 'U';
	}
	die "nm says nothing of $folder/$file.o: has it been built?\n" if $? || !$undefined{$file};
}
my $calls = 0;
for my $file (@files)
{
	for my $symbol (sort keys %{ $undefined{$file} })
	{
		my $other = $defined_in{$symbol} or next;
		$calls++;
		check($file, $other, "uses $symbol of");
	}
}
die "no file of $folder uses another one: nm or this script is at fault\n" if !$calls;

for my $path (glob "$folder/*.[ch]")
{
	my ($file) = $path =~ m{(\w+)\.[ch]$};
	# botsession.h is no file's own: all share it
	check($file, $_, "includes") for grep { $_ ne 'botsession' } text_of($path) =~ /^#include "(\w+)\.h"$/mg;
}

print "$_\n" for @wrong;
exit(@wrong ? 1 : 0);
