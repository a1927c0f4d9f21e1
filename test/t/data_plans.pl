# What a save or a load costs goes by its keys, not by those that the session
# has: each is looked up by the index of the primary key, by a plan that was
# made when the table was small, and that JIT does not change.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

# Nothing makes a plan anew but what the test does
my $node = new_server('main', "autovacuum = off\n");

my $calls = q{
	select bot_session_save('bot1', '{"session": {"1": "NEW"}}');
	select bot_session_save('bot1', '{"session": {"1": "NEW", "2": "NEW", "new": "NEW", "gone": null}}');
	select bot_session_save_many('[{"session_id": "bot1", "data": {"session": {"3": "NEW", "4": "NEW"}}}]');
	select bot_session_load('bot1', '{"session": ["1", "2"]}')::jsonb;
	select bot_session_load('bot1', '{"session": ["1"], "creds": null}')::jsonb;
};

# The plans of the nested statements on the table, without what differs by time and by parameters
sub plans
{
	my ($db, $jit) = @_;
	my $offset = -s $node->logfile;
	my $warm = join '', map { my $n = $_; (my $c = $calls) =~ s/NEW/warm$n/g; $c } 1 .. 6;
	(my $last = $calls) =~ s/NEW/$jit/g;

	$node->safe_psql($db, qq{
		set jit = $jit;
		delete from bot_session_data; vacuum analyze bot_session_data;
		select bot_session_save('bot1', '{"creds": {"creds": "1"}}');
		vacuum analyze bot_session_data;
		$warm
		do \$\$ begin
			perform bot_session_save('bot1', (select jsonb_build_object('session', jsonb_object_agg(i, repeat('x', 1000))) from generate_series(1, 15000) i));
		end \$\$;
		load 'auto_explain';
		set auto_explain.log_min_duration = 0;
		set auto_explain.log_nested_statements = on;
		set auto_explain.log_analyze = on;
		set auto_explain.log_timing = off;
		$last
	});
	my @plans;
	for my $entry (split /^(?=\d{4}-\d\d-\d\d )/m, slurp_file($node->logfile, $offset))
	{
		next unless $entry =~ /plan:\n/ && $entry =~ /on bot_session_data/;
		$entry =~ s/^.*?(?=\tQuery Text)//s;
		push @plans, $entry;
	}
	return @plans;
}

for my $way (@WAYS)
{
	my $db = make_way($node, $way);

	$node->safe_psql($db, q{select bot_session_start('bot1')});
	my %shape;
	for my $jit (qw(off on))
	{
		my @plans = plans($db, $jit);
		my @scans = map { /((?:Seq|Index|Index Only|Bitmap Heap) Scan [^\n]* bot_session_data [^\n]*)/g } @plans;
		my @read = map { /bot_session_data d\w* [^\n]*actual rows=(\d+)/g } @plans;
		my @removed = map { /Rows Removed by (?:Filter|Index Recheck): (\d+)/g } @plans;
		my @costs = map { /cost=[\d.]+\.\.([\d.]+)/g } @plans;

		# Direct access reads and updates rows by their keys without one.
		cmp_ok(scalar @plans, '>=', $way eq 'c' ? 2 : 5, "$way, jit $jit: the statements are seen");
		is(scalar(grep { /^Seq/ } @scans), 0, "$way, jit $jit: none scans the table") or diag(@scans);
		is(scalar(grep { $_ > 10 } @read, @removed), 0, "$way, jit $jit: none reads more rows than it is asked for") or diag(join "\n", "@read / @removed", @plans);
		is(scalar(grep { $_ > 10000 } @costs), 0, "$way, jit $jit: none is worth compiling") or diag("@costs");
		unlike(join('', @plans), qr/JIT:/, "$way, jit $jit: and none is compiled");
		$shape{$jit} = join '', map { s/\bwarm\d+|\b(on|off)\b//gr } map { s/ \([^)]*(cost|actual)[^)]*\)//gr } @plans;
	}
	is($shape{on}, $shape{off}, "$way: the plans are the same with JIT and without");
}

$node->stop;
done_testing();
