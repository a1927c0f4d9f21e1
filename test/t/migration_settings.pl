# The migration, its functions and its last row do not depend on the settings of whoever
# runs it: every setting that a session may change, one after the other, in every value
# that is not its own.  Those that choose a plan or count are changed at once.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main');
my $migration = slurp_file($ENV{BOTSESSION_MIGRATION} || "$FindBin::RealBin/../../sql/create_bot_sessions.sql");

# Numbers and texts are not tried all; these change what text means or looks like
my %values = (
	client_encoding => [qw(LATIN1 SQL_ASCII)],
	DateStyle => [ "'SQL, DMY'", "'German'", "'Postgres, MDY'" ],
	extra_float_digits => [ -15, 3 ],
	lc_messages => ["'C'"],
	lc_numeric => ["'C'"],
	default_tablespace => ["'pg_default'"],
	join_collapse_limit => [1],
	from_collapse_limit => [1],
	'plpgsql.extra_errors' => ["'all'"],
	'plpgsql.extra_warnings' => ["'all'"],
	search_path => [ "''", "'nowhere'", "'pg_temp, public'" ],
	TimeZone => [ "'Pacific/Kiritimati'", "'-9'" ],
	work_mem => [64]);
# These are to keep anything from being done, or from anybody but a superuser
my $not = join '|', map { "^$_\$" } qw(transaction_read_only default_transaction_read_only is_superuser
  transaction_deferrable trace_.* debug_.*tree.* log_.* ignore_.* zero_damaged_pages allow_.* session_authorization role
  exit_on_error restart_after_crash .*_assertions.* jit_dump.* jit_profiling.* jit_debugging.* update_process_title
  client_min_messages wal_consistency_checking);

for my $edition (@EDITIONS)
{
	my $install = "set botsession.edition = '$edition';\n$migration";
	my $works = q{
		select status, fence > 0 from bot_session_start('bot1', 'w1');
		select status, qr_data from bot_session_touch('bot1', 'hello', 'code');
		select state, idle < '1 minute' from bot_session_overview();
		select status from bot_session_end('bot1', 'why');
		select event from bot_session_events order by event_id;
		delete from bot_sessions; truncate bot_session_events;
	};
	my ($expected, @wrong);
	make_database($node, $edition, $edition);

	my @settings = map { [ split /\|/ ] } split /\n/, $node->safe_psql($edition, qq{
		load 'plpgsql';
		select name, vartype, setting, array_to_string(enumvals, ','), category ~ '^(Query Tuning|Resource Usage|Statistics|Reporting)'
		from pg_settings
		where context in ('user', 'superuser') and vartype in ('bool', 'enum') and name !~ '$not' order by name});
	my %sets;
	for (@settings)
	{
		my ($name, $type, $value, $enum, $plan) = @$_;
		my @others = $type eq 'bool' ? ($value eq 'on' ? 'off' : 'on') : grep { $_ ne $value } split /,/, $enum;
		push @{ $sets{ $plan eq 't' ? 'plans' : $name } }, map { "set $name = '$_';" } @others;
	}
	cmp_ok(scalar(@settings), '>', 60, "$edition: settings");
	$sets{none} = [''];
	$sets{plans} = [ join "\n", @{ $sets{plans} } ];
	for my $name (keys %values)
	{
		$sets{$name} = [ map { "set $name = $_;" } @{ $values{$name} } ];
	}

	for my $name ('none', grep { $_ ne 'none' } sort keys %sets)
	{
		for my $set (@{ $sets{$name} })
		{
			# In a fresh schema, and over what is there
			my ($rc, $out, $err) = $node->psql($edition, join("\n",
				$set, 'begin; set client_min_messages = warning; drop schema public cascade; create schema public;', $install, 'rollback;',
				$install, $name =~ /^(search_path|session_replication_role)$/ ? 'reset all;' : '', $works), on_error_stop => 0);
			$expected = $out unless defined $expected;
			push @wrong, "$set\n$out $err" unless $out eq $expected && $err !~ /WARNING|ERROR/;
		}
	}
	is(join("\n", @wrong), '', "$edition: whatever is set, it runs, says the same and works");
	is($node->safe_psql($edition, "set search_path = 'a', public; set quote_all_identifiers = on; $migration; show quote_all_identifiers; show search_path")
		=~ s/^.*\n//r, "on\na, public", "$edition: and the settings are as they were");
}

$node->stop;
done_testing();
