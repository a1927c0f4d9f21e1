# pgxn-meta.pl META.json: what of the PGXN Meta Spec 1.0.0 the file violates, a line each, and the files it names that are
# not there. (PGXN's own validator is not in Debian.)
use strict;
use warnings;
use File::Basename qw(dirname);
use JSON::PP;

my $path = shift;
open my $file, '<:raw', $path or die "$path: $!\n";
my $meta = decode_json(do { local $/; <$file> });
my @wrong;

# The prototype keeps a match that fails from being an empty list.
sub check ($$) { my ($ok, $what) = @_; push @wrong, $what unless $ok; return $ok; }
sub is_text { return defined $_[0] && !ref $_[0] && length $_[0]; }
sub is_term { return is_text($_[0]) && $_[0] =~ m{\A[^\s/\\:[:cntrl:]]{2,}\z}; }
sub is_version { return is_text($_[0]) && $_[0] =~ /\A(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-?[A-Za-z][0-9A-Za-z-]*)?\z/; }
sub is_map { return ref $_[0] eq 'HASH' && %{$_[0]}; }
sub is_list_of { my ($test, $value) = @_; return ref $value eq 'ARRAY' && @$value && !grep { !$test->($_) } @$value; }
sub is_uri { return is_text($_[0]) && $_[0] =~ m{\A[a-z][a-z0-9+.-]*:\S+\z}; }

sub is_range
{
	my $range = shift;
	return 1 if defined $range && $range eq '0';
	return is_text($range) && !grep { !/\A\s*(?:[<>]=?|[=!]=)?\s*(\S+)\s*\z/ || !is_version($1) } split /,/, $range;
}

sub check_keys
{
	my ($where, $map, @known) = @_;
	my %known = map { $_ => 1 } @known;
	check($known{$_} || /\Ax_/i, "$where has the unknown key $_") for sort keys %$map;
}

my %licenses = map { $_ => 1 } qw(agpl_3 apache_1_1 apache_2_0 artistic_1 artistic_2 bsd freebsd gfdl_1_2 gfdl_1_3 gpl_1 gpl_2
	gpl_3 lgpl_2_1 lgpl_3_0 mit mozilla_1_0 mozilla_1_1 openssl perl_5 postgresql qpl_1_0 ssleay sun zlib open_source
	restricted unrestricted unknown);

check_keys('META.json', $meta, qw(abstract maintainer license provides name version meta-spec description generated_by tags
	no_index prereqs release_status resources));
check(is_text($meta->{abstract}), 'abstract must be a text');
check(!exists $meta->{$_} || is_text($meta->{$_}), "$_ must be a text") for qw(description generated_by);
check(is_text($meta->{maintainer}) || is_list_of(\&is_text, $meta->{maintainer}), 'maintainer must be a text or a list of them');
check(is_term($meta->{name}), 'name must be a term');
check(is_version($meta->{version}), 'version must be a semantic version');
check(!exists $meta->{tags} || is_list_of(\&is_text, $meta->{tags}), 'tags must be a list of texts');
check(!exists $meta->{release_status} || $meta->{release_status} =~ /\A(?:stable|testing|unstable)\z/,
	'release_status must be stable, testing or unstable');

my $license = $meta->{license};
my @licenses = ref $license eq 'ARRAY' ? @$license : $license;
check(is_map($license) ? !grep({ !is_uri($_) } values %$license) : @licenses && !grep({ !is_text($_) || !$licenses{$_} } @licenses),
	'license must be of the list in the spec, or a map of names to addresses');

if (check(is_map($meta->{'meta-spec'}), 'meta-spec must be a map'))
{
	check_keys('meta-spec', $meta->{'meta-spec'}, qw(version url));
	check(($meta->{'meta-spec'}{version} // '') eq '1.0.0', 'meta-spec must have version 1.0.0');
	check(is_uri($meta->{'meta-spec'}{url} // 'none:none'), 'url of meta-spec must be an address');
}

if (check(is_map($meta->{provides}), 'provides must be a map'))
{
	for my $name (sort keys %{$meta->{provides}})
	{
		my $extension = $meta->{provides}{$name};
		check(is_term($name), "provides: $name must be a term");
		next unless check(is_map($extension), "provides: $name must be a map");
		check_keys("provides: $name", $extension, qw(file version abstract docfile));
		check(is_version($extension->{version}), "provides: version of $name must be a semantic version");
		check(($extension->{version} // '') eq ($meta->{version} // ''), "provides: version of $name is not the distribution's");
		check(!exists $extension->{abstract} || is_text($extension->{abstract}), "provides: abstract of $name must be a text");
		check(is_text($extension->{file}), "provides: $name must have a file");
		for my $key (grep { exists $extension->{$_} } qw(file docfile))
		{
			check(-f dirname($path) . '/' . $extension->{$key}, "provides: $key of $name is not there: $extension->{$key}");
		}
	}
}

my $prereqs = $meta->{prereqs} // {};
check_keys('prereqs', $prereqs, qw(configure build test runtime develop));
for my $phase (sort keys %$prereqs)
{
	check_keys("prereqs: $phase", $prereqs->{$phase}, qw(requires recommends suggests conflicts));
	for my $relation (sort keys %{$prereqs->{$phase}})
	{
		my $needed = $prereqs->{$phase}{$relation};
		check(is_term($_) && is_range($needed->{$_}), "prereqs: $phase $relation $_ must name a range of versions")
			for sort keys %$needed;
	}
}

print map { "$_\n" } @wrong;
exit(@wrong ? 1 : 0);
