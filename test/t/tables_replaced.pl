# What happens under open connections with prepared statements when the extension
# is dropped and made anew, the type altered, the table renamed, or replaced by a
# view or a partitioned table: an error that says so at the worst, and everything
# works again when it is mended.  (edition_move.pl has the moves of the migration.)

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $migration = slurp_file($ENV{BOTSESSION_MIGRATION} || "$FindBin::RealBin/../../sql/create_bot_sessions.sql");

my $prepare = q{
	prepare s as select status, previous_status from bot_session_start('bot1');
	prepare t as select status, last_message from bot_session_touch('stays', 'hello', 'code');
	prepare m as select session_id, qr_data from bot_session_touch_many('[{"session_id": "stays", "qr_data": ""}]');
	prepare e as select status, previous_status from bot_session_end('bot1', 'logout');
	prepare x as select session_id, status from bot_session_expire('1 hour');
};
my $execute = "execute s; execute t; execute m; execute e; execute x; delete from bot_sessions where session_id = 'bot1';\n";
my $expected = "active|\nactive|hello\nstays|\ninactive|active";

for my $way (@WAYS)
{
	my $db = make_way($node, $way);
	my $edition = $way eq 'plpgsql' ? 'plpgsql' : 'c';
	my $step = 0;
	my ($rc, $out, $err);

	$node->safe_psql($db, q{insert into bot_sessions (session_id) values ('stays')});

	# Done by another connection, which has to succeed
	my $elsewhere = sub {
		my ($sql) = @_;
		my $file = "$dir/$way" . ++$step;
		append_to_file("$file.sql", $sql);
		return "\\! psql -Xq -v ON_ERROR_STOP=1 -d $db -f $file.sql >$file.out 2>&1 || cat $file.out\n";
	};
	# The SQLSTATEs of the five functions while something is wrong, and that all is well before and after
	my $broken = sub {
		my ($name, $break, $states, $mend, @done) = @_;

		($rc, $out, $err) = $node->psql($db,
			"\\set VERBOSITY sqlstate\n" . $prepare . $execute x 6 . $elsewhere->($break)
			. "execute s; execute t; execute m; execute e; execute x;\n"
			. $elsewhere->($mend) . $execute x 6,
			on_error_stop => 0);
		is(join(' ', $err =~ /ERROR:\s+(\w{5})/g), $states, "$way: $name: what cannot be done says so");
		is($out, join("\n", ($expected) x 6, @done, ($expected) x 6), "$way: $name: all works when it is mended");
	};
	my $install = "set botsession.edition = '$edition';\nset client_min_messages = warning;\n$migration";

	$broken->('table renamed', 'alter table bot_sessions rename to away', join(' ', ('42P01') x 5),
		'alter table away rename to bot_sessions');
	$broken->('table in another schema', 'create schema other; alter table bot_sessions set schema other', join(' ', ('42P01') x 5),
		'alter table other.bot_sessions set schema public; drop schema other');
	$broken->('column renamed', 'alter table bot_sessions rename status to state', join(' ', ('42703') x 5),
		'alter table bot_sessions rename state to status');
	# The functions take it for the table; our triggers are those of the table of that name alone
	$broken->('view in place of the table', q{
		alter table bot_sessions rename to away;
		create view bot_sessions as select * from away;
		}, '39P01 39P01 39P01 PT404', q{
		drop view bot_sessions;
		alter table away rename to bot_sessions;
		});
	$broken->('audit trail renamed', 'alter table bot_session_events rename to away', '42P01 PT404',
		'alter table away rename to bot_session_events', 'active|hello', 'stays|');

	if ($edition eq 'c')
	{
		$broken->('type altered', 'alter type bot_session alter attribute previous_status type varchar', '42804 42804 42804 PT404 42804',
			'alter type bot_session alter attribute previous_status type text');
		$broken->('type added to', 'alter type bot_session add attribute more text', '42804 42804 42804 PT404 42804',
			"set client_min_messages = error; drop extension botsession cascade; $install");
		# While a call waits for its table
		$node->safe_psql($db, q{
			create schema gone;
			create table gone.bot_sessions (like bot_sessions including all);
			create function gone.touch(text, text, text, bigint, interval) returns bot_session
				language c as '$libdir/botsession', 'bot_session_touch';
			begin;
			drop schema gone cascade;
			prepare transaction 'drop';
		});
		my $call = psql_start($node, $db, q{\set VERBOSITY verbose
			select gone.touch('bot1', 'hello', null, null, null)});
		wait_until_waiting($node, $db, 1);
		$node->safe_psql($db, q{commit prepared 'drop'});
		like(psql_finish($call)->{err}, qr/ERROR:  (3F000: schema with OID \d+|42P01: relation "gone.bot_sessions") does not exist/,
			"$way: schema dropped");

		$broken->('extension dropped', 'set client_min_messages = error; drop extension botsession cascade', join(' ', ('42883') x 5), $install);
	}

	# Partitions in place of the table, without a word to those who are connected
	($rc, $out, $err) = $node->psql($db, "\\set VERBOSITY sqlstate\n" . $prepare . $execute x 6
		. $elsewhere->(q{
			alter table bot_sessions rename to whole;
			drop trigger zz_bot_sessions_maintain on whole;
			drop trigger aa_bot_sessions_audit on whole;
			drop trigger aa_bot_sessions_audit_change on whole;
			drop trigger aa_bot_sessions_audit_start on whole;
			alter index bot_sessions_pkey rename to whole_pkey;
			create table bot_sessions (like whole including defaults) partition by hash (session_id);
			alter table bot_sessions add primary key (session_id);
			create table bot_sessions_0 partition of bot_sessions for values with (modulus 2, remainder 0);
			create table bot_sessions_1 partition of bot_sessions for values with (modulus 2, remainder 1);
			insert into bot_sessions select * from whole;
			drop table bot_session_leases, bot_session_data, whole;
			} . $install)
		. $execute x 6, on_error_stop => 0);
	is($err, '', "$way: table replaced by a partitioned one: no statement fails");
	is($out, join("\n", ($expected) x 12), "$way: and every result is the same");
}

$node->stop;
done_testing();
