# auto_explain shows the plan and the parameters of every statement that the
# functions execute: it follows the pointers of all parameters.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main', "restart_after_crash = off\nautovacuum = off\n");
my $with_parameters = $node->pg_version >= 16 ? "set auto_explain.log_parameter_max_length = -1;\n" : '';

# Every function, what it may leave out and what it may be given
my $calls = q{
	select status, previous_status from bot_session_start('bot1');
	select status, previous_status from bot_session_start('bot1');
	select status, previous_status from bot_session_start('bot2', 'worker1');
	select status, previous_status from bot_session_start('bot3', 'worker1', '1 hour');
	select last_message, qr_data from bot_session_touch('bot1');
	select last_message, qr_data from bot_session_touch('bot1', 'hello');
	select last_message, qr_data from bot_session_touch('bot1', qr_data => 'code');
	select last_message, qr_data from bot_session_touch('bot1', 'bye', '');
	select last_message, qr_data from bot_session_touch('bot1', heartbeat_interval => '1 hour');
	select last_message from bot_session_touch('bot2', 'fenced', fence => (select fence from bot_session_leases where session_id = 'bot2'));
	select session_id, last_message, qr_data from bot_session_touch_many('[{"session_id": "bot1"}, {"session_id": "bot2", "last_message": "batch"},
		{"session_id": "bot1", "qr_data": "code"}, {"session_id": "unknown"}, {"session_id": "bot2", "fence": 0}]');
	select session_id from bot_session_renew((select jsonb_object_agg(session_id, fence) from bot_session_leases));
	select session_id from bot_session_renew((select jsonb_object_agg(session_id, fence) from bot_session_leases), '1 hour');
	select session_id from bot_session_release((select jsonb_object_agg(session_id, fence) from bot_session_leases));
	select count(*) from bot_session_claim('worker2', 1);
	select count(*) from bot_session_claim('worker2', 10, '1 hour');
	select session_id, state from bot_session_overview() order by session_id;
	select bot_session_save('bot1', '{"creds": {"creds": "1"}}');
	select bot_session_save('bot1', '{"creds": {"creds": "2"}, "session": {"a": "A", "b": "B", "c": null}}');
	select bot_session_save('bot1', '{"session": {"b": null}, "creds": null}');
	select bot_session_save('bot1', '{}');
	select bot_session_save_many('[{"session_id": "bot1", "data": {"session": {"x": "X"}}}, {"session_id": "bot1", "data": {"session": {"x": "X"}}},
		{"session_id": "unknown", "data": {}}]');
	select bot_session_load('bot1')::jsonb, bot_session_load('bot1', '{"session": ["a", "b"]}')::jsonb, bot_session_load('bot1', '{"session": null}')::jsonb;
	select bot_session_forget('bot1', reason => 'reason');
	select status, qr_data from bot_session_end('bot1');
	select status from bot_session_end('bot1', 'again');
	select status from bot_session_end('bot2', 'logout', (select fence from bot_session_leases where session_id = 'bot2'));
	select status, previous_status from bot_session_start('bot1');
	update bot_sessions set updated_at = default where session_id = 'bot1';
	select pg_sleep(0.01);
	select session_id from bot_session_expire('1 microsecond');
	select status, previous_status from bot_session_start('bot1');
	select session_id from bot_session_expire('1 microsecond', 10, 'silence');
	select session_id, event, reason from bot_session_events order by event_id;
};

for my $way (@WAYS)
{
	my $db = make_way($node, $way);
	my $expected = $node->safe_psql($db, $calls);
	my $offset = -s $node->logfile;

	$node->safe_psql($db, 'delete from bot_sessions; truncate bot_session_events');
	my ($rc, $out, $err) = $node->psql($db, q{
		load 'auto_explain';
		set auto_explain.log_min_duration = 0;
		set auto_explain.log_nested_statements = on;
		set auto_explain.log_analyze = on;
		set auto_explain.log_verbose = on;
		set auto_explain.log_triggers = on;
	} . $with_parameters . $calls);
	is($rc, 0, "$way: the server goes on") or diag($err);
	is($out, $expected, "$way: and the functions answer as ever");
	my $log = slurp_file($node->logfile, $offset);
	like($log, qr/Query Text: insert into public\.bot_session_leases/, "$way: what they execute is shown");
	like($log, qr/Query Parameters: .*'bot1'/, "$way: with its parameters") if $with_parameters && $way ne 'plpgsql';
	last if $rc != 0;
}
$node->stop('immediate');
done_testing();
