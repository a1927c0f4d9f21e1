# Values that are equal to what is stored are not written again: of 812 of them the WAL gets the
# lock on the session and the commit, and after a checkpoint the image of the session's page.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use Test::More;

my $node = new_server('main', "autovacuum = off\nfull_page_writes = on\nwal_compression = off\n");

# What a statement writes: bytes without images of pages, how many images, and to which tables
# and indexes.  What the server writes by itself, and hints in catalogs, are not counted.
sub wal
{
	my ($db, $save) = @_;
	my $from = $node->safe_psql($db, 'select pg_current_wal_lsn()');
	is($node->safe_psql($db, "$save->[0];"), $save->[1], "$db: $save->[1] values change");
	return split /\|/, $node->safe_psql($db, qq{
		select coalesce(sum(record_length - fpi_length), 0), count(*) filter (where fpi_length > 0),
			coalesce(string_agg(distinct c.relname, ' '), '')
		from pg_get_wal_records_info('$from', pg_current_wal_lsn()) as r
		left join pg_class c on r.block_ref ~ ('/' || pg_relation_filenode(c.oid) || ' ')
		where resource_manager <> 'Standby' and record_type !~ 'CHECKPOINT'
			and (coalesce(r.block_ref, '') = '' or c.relname ~ '^(bot_session|pg_toast)')}), -1;
}

sub of_keys
{
	my ($n, $changed) = @_;
	return qq{select bot_session_save('bot1', (select jsonb_build_object('session', jsonb_object_agg('key ' || i, repeat(md5(i::text), 30)))
		from generate_series(1, $n) as i) || '{"creds": {"creds": "$changed"}}')};
}

for my $way (@WAYS)
{
	my $db = make_way($node, $way);
	$node->safe_psql($db, q{create extension pg_walinspect; select from bot_session_start('bot1');});

	for my $n (0, 811)
	{
		my $keys = $n + 1;
		$node->safe_psql($db, of_keys($n, 'old'));
		# With checksums the hints on new rows would be written by whoever reads them first
		$node->safe_psql($db, 'vacuum bot_sessions, bot_session_data; checkpoint;');
		my ($bytes, $images, $files) = wal($db, [ of_keys($n, 'old'), 0 ]);
		cmp_ok($bytes, '<=', 200, "$way: $keys equal values, after a checkpoint: $bytes bytes");
		is("$images $files", '1 bot_sessions', "$way: and the image of the session's page");
		($bytes, $images, $files) = wal($db, [ of_keys($n, 'old'), 0 ]);
		cmp_ok($bytes, '<=', 200, "$way: $keys equal values: $bytes bytes");
		is("$images $files", '0 bot_sessions', "$way: and no page");
		(undef, undef, $files) = wal($db, [ of_keys($n, 'new'), 1 ]);
		like($files, qr/^bot_session_data\b/, "$way: where one of $keys changed the data are written");
	}
}

$node->stop;
done_testing();
