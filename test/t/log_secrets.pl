# No QR code and no message in the server's log, in what a client is told, or in
# the audit trail: whatever goes wrong, as long as values are bound parameters.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

# What the README tells; the rest is what makes the log talk.
my $node = new_server('main', q{
	log_min_error_statement = panic
	log_parameter_max_length_on_error = 0
	log_parameter_max_length = 0
	log_statement = none
	log_min_duration_statement = -1

	log_min_messages = debug1
	log_error_verbosity = verbose
	log_lock_waits = on
	deadlock_timeout = 10ms
});
my $dir = PostgreSQL::Test::Utils::tempdir;
my %values = (
	msg => 'SEKRIT message',
	qr => '2@SEKRITcode',
	long => '2@SEKRIT' x 40,
);

my @cases = (
	[ 'PT404', 'touch of an unknown session', q{select bot_session_touch('unknown', :msg, :qr)} ],
	[ 'PT409', 'QR code for an inactive session', q{select bot_session_touch('ended', :msg, :qr)} ],
	[ '22004', 'no session_id', q{select bot_session_touch(null, :msg, :qr)} ],
	[ '22023', 'QR code in place of the session_id', q{select bot_session_touch(:long, :msg, :qr)} ],
	[ '22023', 'the same to start', q{select bot_session_start(:long)} ],
	[ '22023', 'the same to end', q{select bot_session_end(:long, :msg)} ],
	[ '22023', 'batch: no array', q{select bot_session_touch_many(jsonb_build_object('qr_data', :qr::text))} ],
	[ '22023', 'batch: no object', q{select bot_session_touch_many(jsonb_build_array(:qr::text))} ],
	[ '22023', 'batch: no session_id', q{select bot_session_touch_many(jsonb_build_array(jsonb_build_object('qr_data', :qr::text)))} ],
	[ '22023', 'batch: long session_id', q{select bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', :long::text)))} ],
	[ '22023', 'batch: unknown key', q{select bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', :qr::text, :msg::text)))} ],
	[ '22023', 'batch: another type', q{select bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', 'qr_data', array[:qr::text])))} ],
	[ '23514', 'insert of another status', q{insert into bot_sessions (session_id, last_message, status, qr_data) values ('x', :msg, 'open', :qr)} ],
	[ '23514', 'insert of a QR code as status', q{insert into bot_sessions (session_id, last_message, status) values ('x', :msg, :qr)} ],
	[ '23514', 'insert of no status', q{insert into bot_sessions (session_id, last_message, status, qr_data) values ('x', :msg, null, :qr)} ],
	[ '23514', 'insert of an empty session_id', q{insert into bot_sessions (session_id, last_message, qr_data) values ('', :msg, :qr)} ],
	[ '23514', 'insert of a long session_id', q{insert into bot_sessions (session_id, last_message, qr_data) values (:long, :msg, :qr)} ],
	[ '23514', 'insert of no session_id', q{insert into bot_sessions (last_message, qr_data) values (:msg, :qr)} ],
	[ '23514', 'update to no created_at', q{update bot_sessions set created_at = null, last_message = :msg, qr_data = :qr} ],
	[ '23514', 'update to an empty session_id', q{update bot_sessions set session_id = '', last_message = :msg, qr_data = :qr} ],
	[ '23505', 'insert of a session that is there', q{insert into bot_sessions (session_id, last_message, qr_data) values ('bot1', :msg, :qr)} ],
	[ 'P0001', q{an error in a user's trigger}, q{select bot_session_touch('trigger', :msg, :qr)} ],
	[ 'P0001', 'the same in a batch', q{select bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', 'trigger', 'last_message', :msg::text, 'qr_data', :qr::text)))} ],
	[ '42501', 'no privilege', qq{set role regress_nobody;\nselect bot_session_touch('bot1', :msg, :qr)} ],
	[ '42501', 'no privilege on the table', qq{set role regress_caller;\nselect bot_session_touch('bot1', :msg, :qr)} ],
	[ '25006', 'read-only', qq{begin read only;\nselect bot_session_touch('bot1', :msg, :qr)} ],
	[ '55P03', 'lock timeout', qq{set lock_timeout = '30ms';\nselect bot_session_touch('held', :msg, :qr)} ],
	[ '57014', 'statement timeout', qq{set statement_timeout = '30ms';\nselect bot_session_touch('held', :msg, :qr)} ],
	[ '57014', 'the same in a batch', qq{set statement_timeout = '30ms';\nselect bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', 'held', 'qr_data', :qr::text)))} ],
	[ 'PT404', 'save to an unknown session', q{select bot_session_save('unknown', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ 'PT409', 'save to an inactive session', q{select bot_session_save('ended', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ 'PT409', 'save with a stale fence', q{select bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)), 7)} ],
	[ '22023', 'save of another type', q{select bot_session_save('bot1', jsonb_build_object(:qr::text, :msg::text))} ],
	[ '22023', 'save of a long key', q{select bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object(repeat(:long, 2), :msg::text)))} ],
	[ '22023', 'saves: malformed', q{select bot_session_save_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', 'data', jsonb_build_object(:qr::text, :msg::text))))} ],
	[ '22023', 'saves: unknown key', q{select bot_session_save_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', :qr::text, :msg::text)))} ],
	[ 'PT404', 'load of an unknown session', q{select bot_session_load('unknown', jsonb_build_object(:qr::text, jsonb_build_array(:msg::text)))} ],
	[ '22023', 'load of another type', q{select bot_session_load('bot1', jsonb_build_object(:qr::text, :msg::text))} ],
	[ 'P0001', q{an error in a user's trigger of the data}, q{select bot_session_save('trigger', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ 'P0001', 'the same for two keys', q{select bot_session_save('trigger', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text, 'b', :msg::text)))} ],
	[ '42501', 'no privilege on the data', qq{set role regress_caller;\nselect bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ '25006', 'save in a read-only transaction', qq{begin read only;\nselect bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ '55P03', 'lock timeout of a save', qq{set lock_timeout = '30ms';\nselect bot_session_save('held', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ undef, 'a save', q{select bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))} ],
	[ undef, 'the same of two kinds', q{select bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object('b', :msg::text), 'k', jsonb_build_object(:qr::text, :msg::text)))} ],
	[ undef, 'saves', q{select bot_session_save_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', 'data', jsonb_build_object(:qr::text, jsonb_build_object('b', null)))))} ],
	[ 'P0001', 'the same for saves', q{select bot_session_save_many(jsonb_build_array(jsonb_build_object('session_id', 'trigger', 'data', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text)))))} ],
	[ undef, 'saves that are refused', q{select bot_session_save_many(jsonb_agg(jsonb_build_object('session_id', id, 'fence', 7, 'data', jsonb_build_object(:qr::text, jsonb_build_object(:qr::text, :msg::text))))) from unnest('{bot1, ended, unknown}'::text[]) as id} ],
	[ 'PT409', 'load with a stale fence', q{select bot_session_load('bot1', jsonb_build_object(:qr::text, jsonb_build_array(:msg::text)), 7)} ],
	[ 'PT409', 'forget with a stale fence', q{select bot_session_forget('bot1', 7)} ],
	[ 'PT404', 'forget of an unknown session', q{select bot_session_forget('unknown')} ],
	[ '55P03', 'lock timeout of a forget', qq{set lock_timeout = '30ms';\nselect bot_session_forget('held')} ],
	[ 'P0001', 'a forget that a user\'s trigger refuses', q{select bot_session_forget('kept')} ],
	[ 'P0001', 'the same of an end', q{select bot_session_end('kept', forget => true)} ],
	[ undef, 'a forgetting', q{select bot_session_forget('bot1')} ],
	[ '0A000', 'call of a trigger function', q{select bot_session_maintain() where :qr::text is not null} ],
	[ undef, 'all is well', q{select bot_session_touch('bot1', :msg, :qr)} ],
	[ undef, 'unknown in a batch', q{select bot_session_touch_many(jsonb_build_array(jsonb_build_object('session_id', 'unknown', 'qr_data', :qr::text)))} ],
	[ undef, 'claims that are no JSON', qq{select set_config('request.jwt.claims', '[' || :qr::text, false);\nselect bot_session_end('bot1')} ],
	[ undef, 'claims without a subject', qq{select set_config('request.jwt.claims', jsonb_build_object('token', :qr::text)::text, false), set_config('request.headers', :qr, false);\nselect bot_session_start('bot1')} ],
	[ '42P01', 'no table', q{select bot_session_touch('bot1', :msg, :qr)}, 'alter table bot_sessions rename to away' ],
	[ '42703', 'no column', q{select bot_session_touch('bot1', :msg, :qr)}, 'alter table away rename to bot_sessions; alter table bot_sessions rename qr_data to away' ],
);

# With bound parameters, as drivers and PostgREST send them.
sub bound
{
	my ($db, $sql) = @_;
	my ($out, $err) = ('', '');
	my $file = "$dir/script.sql";
	open my $script, '>', $file or die "cannot write $file: $!";
	print $script "$sql;\n";
	close $script;
	local $ENV{PGOPTIONS} = '-c client_min_messages=debug5';
	IPC::Run::run(
		[ 'pgbench', '-n', '-t', '1', '-M', 'extended', '-f', $file, (map { ('-D', "$_=$values{$_}") } sort keys %values), $node->connstr($db) ],
		'>', \$out, '2>', \$err);
	return $out . $err;
}

# What the server logged meanwhile.
sub logged
{
	my ($do) = @_;
	my $offset = -s $node->logfile;
	my $told = $do->();
	return (substr(slurp_file($node->logfile), $offset), $told);
}

$node->safe_psql('postgres', 'create role regress_nobody; create role regress_caller;');
for my $edition (@EDITIONS)
{
	my $db = "bots_$edition";

	make_database($node, $db, $edition);
	$node->safe_psql($db, q{
		select bot_session_start(id) from unnest('{bot1, ended, held, trigger, kept}'::text[]) as id;
		select from bot_session_end('ended');
		create function fail() returns trigger language plpgsql as 'begin raise exception ''no''; end';
		create trigger fail before update on bot_sessions for each row when (old.session_id = 'trigger') execute function fail();
		create trigger fail before insert on bot_session_data for each row when (new.session_id = 'trigger') execute function fail();
		insert into bot_session_data (session_id, kind, key, value) values ('kept', '2@SEKRITcode', 'SEKRIT', 'SEKRIT');
		create trigger fail_to_delete before delete on bot_session_data for each row when (old.session_id = 'kept') execute function fail();
		grant execute on all functions in schema public to regress_caller;
		begin;
		select from bot_session_touch('held');
		prepare transaction 'holder';
	});
	for my $case (@cases)
	{
		my ($state, $name, $sql, $prepare) = @$case;
		if ($prepare)
		{
			$node->safe_psql($db, q{rollback prepared 'holder'}) if $state eq '42P01';
			$node->safe_psql($db, $prepare);
		}
		my ($log, $told) = logged(sub { bound($db, $sql) });
		if (defined $state)
		{
			like($log, qr/ERROR:  $state: /, "$edition: $name fails with $state");
		}
		else
		{
			unlike($log . $told, qr/ERROR:/, "$edition: $name");
		}
		unlike($log, qr/SEKRIT/, "$edition: $name: nothing in the log");
		unlike($told, qr/SEKRIT/, "$edition: $name: nothing to the client");
	}
	is($node->safe_psql($db, q{select count(*) from bot_session_events e where e::text ~ 'SEKRIT'}), 0,
		"$edition: nothing in the audit trail");
	isnt($node->safe_psql($db, 'select count(*) from bot_session_events'), 0, "$edition: which is not empty");
}

# Which of the settings it depends on, as the README says
my $touch = q{select bot_session_touch('unknown', :msg, :qr)};
my $save = q{select bot_session_save('bot1', jsonb_build_object(:qr::text, jsonb_build_object('a', :msg::text, 'b', null))), bot_session_load('bot1'),
	bot_session_forget('bot1'), bot_session_save('unknown', jsonb_build_object(:qr::text, null))};
my $saves = q{select bot_session_save_many(jsonb_build_array(jsonb_build_object('session_id', 'bot1', 'data', jsonb_build_object(:qr::text,
	jsonb_build_object('a', :msg::text, :qr::text, :msg::text, 'b', null))))), bot_session_load('bot1'), bot_session_forget('kept')};
my $literal = q{select bot_session_touch('unknown', 'SEKRIT', null)};
for my $edition (@EDITIONS)
{
	make_database($node, "facts_$edition", $edition);
	$node->safe_psql("facts_$edition", q{
		select bot_session_start('bot1'), bot_session_start('kept');
		insert into bot_session_data (session_id, kind, key, value) values ('kept', '2@SEKRITcode', 'SEKRIT', 'SEKRIT');
		create function fail() returns trigger language plpgsql as 'begin raise exception ''no''; end';
		create trigger fail before delete on bot_session_data for each row when (old.session_id = 'kept') execute function fail();
	});
}
for my $fact (
	[ 'a literal in the statement', $literal, '', 0 ],
	[ 'a literal in the statement', $literal, 'log_min_error_statement = error', 1 ],
	[ 'a bound parameter', $touch, 'log_min_error_statement = error', 0 ],
	[ 'a bound parameter', $touch, "log_min_error_statement = error\nlog_parameter_max_length_on_error = -1", 1 ],
	[ 'a bound parameter', $touch, "log_parameter_max_length_on_error = -1", 1 ],
	[ 'a bound parameter', $touch, "log_min_duration_statement = 0", 0 ],
	[ 'a bound parameter', $touch, "log_statement = 'all'", 0 ],
	[ 'a bound parameter', $touch, "log_min_messages = debug5\nlog_executor_stats = on\nlog_min_duration_statement = 0", 0 ],
	(map { [ "what is saved, $_", $save, "log_min_messages = debug5\nlog_executor_stats = on\nlog_min_duration_statement = 0", 0, "facts_$_" ] } @EDITIONS),
	(map { [ "what many saved, and a forget that fails, $_", $saves, "log_min_messages = debug5\nlog_executor_stats = on\nlog_min_duration_statement = 0", 0, "facts_$_" ] } @EDITIONS),
	[ 'a bound parameter', $touch, "log_statement = 'all'\nlog_parameter_max_length = -1", 1 ],
	[ 'a literal in the statement', $literal, "log_statement = 'all'", 1 ])
{
	my ($name, $sql, $settings, $shown, $db) = @$fact;
	$db //= "facts_$EDITIONS[0]";
	for my $setting (split /\n/, $settings)
	{
		$node->safe_psql('postgres', "alter system set $setting");
	}
	$node->reload;
	$node->poll_query_until('postgres', "select count(*) = 0 from pg_file_settings f join pg_settings s using (name) where f.sourcefile like '%auto.conf' and f.setting <> s.setting");
	my ($log, $told) = logged(sub { bound($db, $sql) });
	like($log, qr/ERROR:  (PT404|P0001): /, 'logged');
	is($log =~ /SEKRIT/ ? 1 : 0, $shown, "$name: " . ($shown ? 'shown' : 'not shown') . ($settings ? " with $settings" : ''));
	unlike($told, qr/SEKRIT/, "$name: nothing to the client") if !$shown && $sql !~ m{SEKRIT};
	$node->safe_psql('postgres', 'alter system reset all');
	$node->reload;
}

# What others see of a call that is under way: its statement, as it was sent
my $elsewhere = q{select count(*), count(*) filter (where query ~ 'bot_session_touch'), count(*) filter (where query ~ 'SEKRIT')
	from pg_stat_activity where wait_event_type = 'Lock'};
for my $edition (@EDITIONS)
{
	my $held = "held_$edition";
	make_database($node, $held, $edition);
	$node->safe_psql($held, q{
		select from bot_session_start('held');
		begin; select from bot_session_touch('held'); prepare transaction 'holder';
	});
	open my $script, '>', "$dir/held.sql" or die "cannot write: $!";
	print $script "select bot_session_touch('held', :msg, :qr);\n";
	close $script;
	my $client = IPC::Run::start([ 'pgbench', '-n', '-t', '1', '-M', 'prepared', '-f', "$dir/held.sql",
			(map { ('-D', "$_=$values{$_}") } sort keys %values), $node->connstr($held) ], '>', \my $out, '2>', \my $err);
	wait_until_waiting($node, $held, 1);
	is($node->safe_psql('postgres', $elsewhere), '1|1|0', "$edition: pg_stat_activity shows the call and no value");
	is($node->safe_psql($held, q{set role regress_nobody; select count(*) from pg_stat_activity where query ~ 'touch' and pid <> pg_backend_pid()}),
		0, "$edition: and to other roles not even that");
	$node->safe_psql($held, q{commit prepared 'holder'});
	$client->finish;
	is($node->safe_psql($held, 'select last_message from bot_sessions'), $values{msg}, "$edition: which was the one");
}

$node->stop;
done_testing();
