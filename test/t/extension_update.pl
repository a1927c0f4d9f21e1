# A next version of the extension: a database that is updated to it, by ALTER
# EXTENSION or by the migration, is in every object what a fresh one is.
#
# The version is made up here, with an update script that changes nothing.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use File::Copy;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $dir = `pg_config --sharedir`);
my $control = "$dir/extension/botsession.control";
my ($version) = slurp_file($control) =~ /^default_version = '(.*)'/m;
my $next = $version =~ s/(\d+)$/$1 + 1/er;
my @made = map { "$dir/extension/botsession--$_.sql" } $next, "$version--$next";

plan(skip_all => "cannot write to $dir/extension") unless -w "$dir/extension";

# It is the private installation of this run, but other tests come after this one
END
{
	my $status = $?;
	if (-e "$control.released")
	{
		unlink @made;
		move("$control.released", $control);
	}
	$? = $status;
}

sub release_next
{
	copy($control, "$control.released") or die "cannot copy: $!";
	copy("$dir/extension/botsession--$version.sql", $made[0]) or die "cannot copy: $!";
	append_to_file($made[1], "-- nothing has changed\n");
	my $text = slurp_file($control) =~ s/^(default_version = ').*'/$1$next'/mr;
	unlink $control;
	append_to_file($control, $text);
	return;
}

# Every member, with all that can be said of it
my $objects = q{
	select pg_describe_object(classid, objid, 0), version, definition, owner, acl, initial, coalesce(obj_description(objid, classid::regclass::name), '')
	from (
		select d.classid, d.objid, e.extversion as version from pg_depend d join pg_extension e on e.oid = d.refobjid
		where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and e.extname = 'botsession') as member
	cross join lateral (
		select pg_get_functiondef(p.oid), proowner::regrole, proacl::text from pg_proc p where classid = 'pg_proc'::regclass and p.oid = objid
		union all
		select (select string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
			from pg_attribute where attrelid = typrelid), typowner::regrole, typacl::text
		from pg_type t where classid = 'pg_type'::regclass and t.oid = objid) as o (definition, owner, acl)
	left join lateral (select initprivs::text from pg_init_privs i where i.classoid = classid and i.objoid = objid) as i (initial) on true
	order by 1
};

my $node = new_server('main');
$node->safe_psql('postgres', 'create role service_role; create role anon; create role authenticated');
make_database($node, $_, 'c') for qw(by_hand by_migration);
for my $db (qw(by_hand by_migration))
{
	$node->safe_psql($db, q{select from bot_session_start('bot1'); select from bot_session_touch('bot1', 'hello', 'code')});
}
my $rows = rows_and_events($node, 'by_hand');

release_next();
# Connected while the version changes
my ($rc, $out, $err) = $node->psql('by_hand', qq{
	prepare t as select last_message, qr_data from bot_session_touch('bot1');
	begin; execute t; rollback;
	alter extension botsession update;
	begin; execute t; rollback;
});
is("$out$err", "hello|code\nhello|code", 'a connection that was open goes on');
like($node->safe_psql('by_migration', "set client_min_messages = warning;\n"
		. slurp_file($ENV{BOTSESSION_MIGRATION} || "$FindBin::RealBin/../../sql/create_bot_sessions.sql")),
	qr/^c\|\Q$next\E\|/, 'the migration updates the extension');
make_database($node, 'fresh', 'c');

my $fresh = $node->safe_psql('fresh', $objects);
cmp_ok(scalar(() = $fresh =~ /^function /mg), '>=', 7, 'functions');
like($fresh, qr/^type bot_session\|\Q$next\E\|session_id text, .*\|A session as/m, 'type');
is($node->safe_psql($_, $objects), $fresh, "updated $_: every object is that of a fresh one") for qw(by_hand by_migration);
is(rows_and_events($node, 'by_hand'), $rows, 'the rows are what they were');

# That the comparison would see it
$node->safe_psql('by_hand', q{comment on function bot_session_expire is 'another'});
isnt($node->safe_psql('by_hand', $objects), $fresh, 'a difference is seen');

$node->stop;
done_testing();
