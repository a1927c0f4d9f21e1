# Connections that were open before, with prepared statements, go on when the
# functions or the tables under them are replaced by another connection.  What bots
# log in with stays, under the same fence.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $migration = $ENV{BOTSESSION_MIGRATION} || "$FindBin::RealBin/../../sql/create_bot_sessions.sql";

my $prepare = q{
	prepare s(text) as select status, previous_status from bot_session_start($1);
	prepare t(text, text) as select status, last_message from bot_session_touch($1, $2);
	prepare e(text) as select status, previous_status from bot_session_end($1, 'logout');
	prepare m(jsonb) as select session_id, status, last_message from bot_session_touch_many($1);
	prepare x(interval) as select session_id, status from bot_session_expire($1);
	prepare v(text, jsonb) as select bot_session_save($1, $2);
	prepare w(jsonb) as select bot_session_save_many($1);
	prepare l(text, jsonb) as select bot_session_load($1, $2);
	prepare f(text) as select bot_session_forget($1);
	prepare i(text) as insert into bot_sessions (session_id) values ($1) returning session_id, status;
	prepare u(text) as with u as (update bot_sessions set last_message = $1 returning session_id, status)
		select * from u order by session_id;
};
my $execute = q{
	execute s('bot1');
	execute t('bot1', 'hello');
	execute e('bot1');
	execute s('bot1');
	execute m('[{"session_id": "bot1", "last_message": "batch"}, {"session_id": "unknown"}]');
	execute v('bot1', '{"creds": {"creds": "1"}, "session": {"a": "A", "b": "B"}}');
	execute v('bot1', '{"creds": {"creds": "2"}}');
	execute w('[{"session_id": "bot1", "data": {"session": {"a": null}}}, {"session_id": "unknown", "data": {}}]');
	execute l('bot1', null);
	execute l('bot1', '{"session": ["a", "b"]}');
	execute f('bot1');
	execute x('1 microsecond');
	execute i('bot2');
	execute u('direct');
	delete from bot_sessions;
	select string_agg(session_id || ' ' || event || coalesce(' ' || reason, ''), ', ' order by session_id, event_id) from bot_session_events;
	truncate bot_session_events;
};
my $expected = join("\n",
	'active|', 'active|hello', 'inactive|active', 'active|inactive', 'bot1|active|batch', 'unknown||',
	'3', '1', '[{"changed": 1, "session_id": "bot1"}, {"refused": "PT404", "session_id": "unknown"}]',
	'{ "creds" : { "creds" : "2" }, "session" : { "b" : "B" } }', '{ "session" : { "b" : "B" } }', '2',
	'bot1|inactive', 'bot2|active', 'bot1|inactive', 'bot2|active',
	'bot1 created, bot1 ended logout, bot1 reopened, bot1 forgotten, bot1 ended expired, bot1 deleted, bot2 created, bot2 deleted');

# The statement, run by another connection, has to succeed
sub elsewhere
{
	my ($db, $name, $sql) = @_;
	append_to_file("$dir/$name.sql", $sql);
	return "\\! psql -Xq -v ON_ERROR_STOP=1 -d $db -f $dir/$name.sql >$dir/$name.out 2>&1 || cat $dir/$name.out\n";
}

for my $move ([qw(plpgsql c)], [qw(c plpgsql)])
{
	my ($from, $to) = @$move;
	my $db = "from_$from";

	make_database($node, $db, $from);
	# Six executions make the plans generic
	my ($rc, $out, $err) = $node->psql($db,
		$prepare . $execute x 6
		. "select lanname from pg_proc p join pg_language l on l.oid = prolang where proname = 'bot_session_start';\n"
		. elsewhere($db, "move_$from", "set botsession.edition = '$to';\n" . slurp_file($migration))
		. $execute x 6
		. "select lanname from pg_proc p join pg_language l on l.oid = prolang where proname = 'bot_session_start';\n",
		on_error_stop => 0);
	is($err, '', "from $from to $to: no statement fails");
	is($out, join("\n", ($expected) x 6, $from, ($expected) x 6, $to), "from $from to $to: every result is the same");
}

for my $move ([qw(plpgsql c)], [qw(c plpgsql)])
{
	my ($from, $to) = @$move;
	my $db = "data_from_$from";

	make_database($node, $db, $from);
	$node->safe_psql($db, q{
		select from bot_session_start('bot1', 'w1', '1 day');
		select bot_session_save('bot1', jsonb_build_object('creds', jsonb_build_object('creds', '{"a": 1}'), 'session',
			(select jsonb_object_agg('a.' || n, repeat(md5(n::text), n)) from generate_series(1, 200) n)), 1);
		select from bot_session_start('ended');
		select bot_session_save('ended', '{"__proto__": {"a:b/c@d": ""}}');
		select from bot_session_end('ended');
	});
	my $before = rows_and_events($node, $db);
	my $load = q{select bot_session_load('bot1', '{"creds": ["creds"], "session": ["a.7", "none"]}', 1); select bot_session_load('ended')};
	my $loaded = $node->safe_psql($db, $load);
	for my $edition ($to, $from)
	{
		install($node, $db, $edition);
		is(rows_and_events($node, $db), $before, "from $from to $to: $edition has the data");
		is($node->safe_psql($db, $load), $loaded, "from $from to $to: $edition loads the same");
		is(join(' ', map { sqlstate($node, $db, $_) } q{select bot_session_save('bot1', '{}')}, q{select bot_session_load('bot1', fence => 2)},
			q{select bot_session_save('bot1', '{"creds": {"creds": "{\"a\": 1}"}}', 1)}), 'PT409 PT409 00000', "from $from to $to: $edition goes by the fence");
	}
}

for my $edition (@EDITIONS)
{
	my $db = "tables_$edition";

	make_database($node, $db, $edition);
	my ($rc, $out, $err) = $node->psql($db,
		$prepare . $execute x 6
		. elsewhere($db, "drop_$edition", 'drop table bot_sessions, bot_session_events, bot_session_leases, bot_session_data;')
		. "\\set VERBOSITY sqlstate\nexecute s('bot1'); execute t('bot1', 'x'); execute e('bot1'); execute m('[]'); execute x('1 hour');\n"
		. elsewhere($db, "create_$edition", "set botsession.edition = '$edition';\n" . slurp_file($migration))
		. $execute x 6
		. elsewhere($db, "alter_$edition", q{
			alter table bot_sessions add column phone text default '123', add column seen timestamptz default now();
			alter table bot_sessions drop column phone;
			create index on bot_sessions (last_message);
			alter table bot_sessions alter session_id type varchar(300);
			alter table bot_sessions alter session_id type text;
		})
		. $execute x 6,
		on_error_stop => 0);
	is(join(' ', $err =~ /ERROR:\s+(\w{5})/g), join(' ', ('42P01') x 5), "$edition: no table, no session");
	is($out, join("\n", ($expected) x 18), "$edition: tables dropped, created and altered under prepared statements");
}

$node->stop;
done_testing();
