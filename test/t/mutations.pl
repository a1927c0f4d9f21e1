# Each locking rule of the functions around leases and login data is needed: without it a race in
# test/specs ends differently.  One rule at a time is taken out of the functions of the PL/pgSQL
# edition, in a database of its own, and the spec that is named beside it has to go red.
#
#	BOTSESSION_MUTATION=text	only those whose name contains it
#	BOTSESSION_ALL_SPECS=1	tells which other specs go red too

use strict;
use warnings;

use File::Basename qw(basename dirname);
use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use PostgreSQL::Test::Utils;
use Test::More;

my $tree = "$FindBin::RealBin/../..";
my $tester = dirname($ENV{PG_REGRESS}) . '/../isolation/isolationtester';

my $locks = qr/\sfor no key update(?: of \w)?(?=\s*[;)])/;
my $skip_locked = qr/\sfor no key update of s skip locked/;
my $above_read_committed = qr/ or current_setting\('transaction_isolation'\) not like 'read%'/;
my $fence_is_checked = qr/fence is not null or lease[sd](?: > 0)?/;
my $without_fence = qr/(?:fence|e\.element ->> 'fence') is null or\b/;

# To ask for the lease before the session is locked, instead of afterwards
sub lock_later
{
	my ($find, $until) = @_;
	return (qr/(\n  $find)( for no key update;)(.*?)(?=\n  $until)/s, sub { "$1;$3$1$2" });
}

# What the functions do without it, the spec that sees it, the function, and what becomes what
my @mutations = (
	[ 'save does not lock the session', 'data_save_end', save => $locks, '' ],
	[ 'save asks for the lease, then locks the session', 'data_save_takeover',
		save => lock_later(qr/select s\.status into [^;]*/, 'if status is distinct') ],
	[ 'save reads the status, then locks the session', 'data_save_end', save => qr/(select s\.status into [^;]*?) for no key update;/,
		sub { "$1; perform from public.bot_sessions s where s.session_id = local.id for no key update;" } ],
	[ 'save saves to an inactive session', 'data_save_end', save => qr/status is distinct from 'active'/, 'false' ],
	[ 'save does not compare the fence', 'data_save_takeover', save => $fence_is_checked, 'fence is null and leases > 0' ],
	[ 'save without a fence does not ask for a lease', 'data_save_renew', save => $fence_is_checked, 'fence is not null' ],
	[ 'save without a fence does not wait for a renewal', 'data_save_renew', save => $without_fence, '' ],
	[ 'save above READ COMMITTED does not lock the lease', 'data_save_takeover', save => $above_read_committed, '' ],
	[ 'save expects no plain insert', 'data_save_save', save => qr/on conflict \(session_id, kind, key\) do update [^;]*?(?=;|\n)/, '' ],

	[ 'save_many does not lock the sessions', 'data_save_end', save_many => $locks, '' ],
	[ 'save_many locks the sessions as they are given', 'data_save_save',
		save_many => qr/order by s\.session_id collate "C"/, 'order by position(to_json(s.session_id)::text in saves::text)' ],
	[ 'save_many saves to an inactive session', 'data_save_end', save_many => qr/or statuses ->> id <> 'active'/, '' ],
	[ 'save_many does not compare the fence', 'data_save_takeover', save_many => $fence_is_checked, 'fence is null and leased' ],
	[ 'save_many without a fence does not ask for a lease', 'data_save_renew', save_many => $fence_is_checked, 'fence is not null' ],
	[ 'save_many without a fence does not wait for a renewal', 'data_save_renew', save_many => $without_fence, '' ],
	[ 'save_many above READ COMMITTED does not lock the leases', 'data_save_takeover', save_many => $above_read_committed, '' ],

	[ 'load does not ask for a lease', 'data_save_takeover', load => qr/not public\.bot_session_lease_allows\(id, fence\)/, 'false' ],
	[ 'load takes a statement for each kind', 'data_load_save', load => qr/result json;/, 'result json; one text;',
		qr/select json_object_agg\(e\.kind, e\.entries\) into result\s+from \(\s+select d\.kind,.*?\) as e;/s, q{
		result := '{}';
		for one in select distinct d.kind from public.bot_session_data d where d.session_id = local.id loop
			result := result::jsonb || (select jsonb_build_object(one, jsonb_object_agg(d.key, d.value))
				from public.bot_session_data d where d.session_id = local.id and d.kind = one);
		end loop;} ],

	[ 'forget does not lock the session', 'data_save_end', forget => $locks, '' ],
	[ 'forget asks for the lease, then locks the session', 'data_save_takeover',
		forget => lock_later(qr/perform from public\.bot_sessions s [^;]*/, 'perform set_config') ],
	[ 'forget does not compare the fence', 'data_save_takeover', forget => $fence_is_checked, 'fence is null and leases > 0' ],
	[ 'forget without a fence does not ask for a lease', 'data_save_renew', forget => $fence_is_checked, 'fence is not null' ],
	[ 'forget without a fence does not wait for a renewal', 'data_save_renew', forget => $without_fence, '' ],
	[ 'forget above READ COMMITTED does not lock the lease', 'data_save_takeover', forget => $above_read_committed, '' ],

	[ 'end does not lock the session', 'lease_end_claim', end => $locks, '' ],
	[ 'end does not lock a session that had ended', 'data_save_end', end => $locks, '' ],
	[ 'end does not compare the fence', 'lease_end_claim', end => qr/l\.fence = bot_session_end\.fence/, 'true' ],
	[ 'end above READ COMMITTED does not lock the lease', 'lease_end_claim', end => qr/ for share/, '' ],
	[ 'end deletes the data, then ends the session', 'data_save_end', end => qr/(\nbegin\n)(.*)\n  if forget .*?\n  end if;/s,
		sub { "$1 if forget then delete from public.bot_session_data d where d.session_id = local.id; end if;$2" } ],

	[ 'expire waits for who holds a session', 'data_save_end', expire => $skip_locked, ' for no key update of s' ],
	[ 'expire does not lock the sessions', 'race_expire', expire => $skip_locked, '' ],
	[ 'expire does not wait for a renewal', 'lease_renew_expire', expire => qr/public\.bot_session_lock_leases\(ids\) > 0/, 'true' ],
	[ 'expire does not ask for the leases again', 'lease_renew_expire', expire => qr/(?<=\(ids\) > 0) and sees_leases/, ' and false' ],
	[ 'expire that sees no leases does not ask again', 'lease_renew_expire', expire => qr/when not sees_leases/, 'when false' ],

	[ 'the leases are not locked', 'data_save_renew', lock_leases => $locks, '' ],
	[ 'the leases are locked as they are given', 'lease_renew_expire',
		lock_leases => qr/order by l\.session_id collate "C"/, 'order by array_position(local.ids, l.session_id)' ],
	[ 'a lease that has run out allows', 'data_save_takeover', lease_allows => qr/elsif live then/, 'else' ],
	[ 'any fence is allowed', 'data_save_takeover', lease_allows => qr/held is distinct from bot_session_lease_allows\.fence/, 'false' ],
	[ 'no fence is allowed while a lease is live', 'data_save_renew', lease_allows => qr/live is not true/, 'true' ],

	[ 'claim waits for who holds a session', 'lease_claim_claim', claim => $skip_locked, ' for no key update of s' ],
	[ 'claim does not lock the sessions', 'lease_claim_claim', claim => $skip_locked, '' ],
	[ 'claim does not ask again', 'lease_claim_claim', claim => qr/ and coalesce\(l\.expires_at, l\.released_at\) <= clock_timestamp\(\)/, '' ],
	[ 'release does not lock the sessions', 'lease_release_touch', release => $locks, '' ],
	[ 'renew does not lock the leases', 'lease_renew_end', renew => $locks, '' ],
	[ 'touch does not lock the session', 'lease_touch_takeover', touch => $locks, '' ],
	[ 'touch above READ COMMITTED does not lock the lease', 'lease_touch_takeover', touch => qr/\s+for share/, '' ],

	[ 'the plan of a snapshot from before keeps a former owner', 'race_owner', owner => qr/ and xmax = 0/, '' ],
	[ 'a start that waited does not learn of a new owner', 'race_owner',
		audit => qr/and pg_get_replica_identity_index\(\S+ is not null/, '' ],

	[ 'deleting a session leaves its data', 'data_save_end',
		'alter table bot_session_data drop constraint bot_session_data_session_id_fkey' ],
	[ 'renaming a session leaves its data', 'data_save_end', 'alter table bot_session_data drop constraint bot_session_data_session_id_fkey,
		add foreign key (session_id) references bot_sessions on delete cascade' ],
);

# One call after the other they go on as they did: what a spec sees is the race, and no syntax error.
my $alone = q{
	select s.previous_status, t.last_message from bot_session_start('bot1') s, bot_session_touch('bot1', 'hello') t;
	select bot_session_save('bot1', '{"creds": {"creds": "1"}}'), bot_session_save('bot1', '{"creds": {"creds": "2"}, "session": {"a": "1", "b": null}}');
	select bot_session_save_many('[{"session_id": "bot1", "data": {"session": {"a": "2"}}}]'), bot_session_load('bot1')::jsonb;
	select status from bot_session_end('bot1', forget => true);
	select fence from bot_session_start('bot2', 'w1');
	select bot_session_save('bot2', '{"creds": {"creds": "1"}}', 1), bot_session_load('bot2', '{"creds": null}', 1)::jsonb, bot_session_forget('bot2', 1);
	select r.session_id, t.last_message from bot_session_renew('{"bot2": 1}') r, bot_session_touch('bot2', 'hello', fence => 1) t;
	select r.session_id, c.fence from bot_session_release('{"bot2": 1}') r, bot_session_claim('w2') c;
	select status from bot_session_end('bot2', fence => 2);
	select bot_session_forget('bot3'), (select status from bot_session_expire('1 microsecond', 1)) from bot_session_start('bot3');
};

my $node = new_server('main', "fsync = off\nautovacuum = off\n");
make_database($node, 'original', 'plpgsql');

sub copied
{
	my ($db) = @_;
	$node->safe_psql('postgres', $_) for "drop database if exists $db", "create database $db template original";
	return $db;
}

# Whether a spec prints what it has to
sub is_green
{
	my ($spec, $db) = @_;
	local $ENV{PG_TEST_TIMEOUT_DEFAULT} = 10;
	IPC::Run::run([ $tester, $node->connstr($db) ], '<', "$tree/test/specs/$spec.spec", '>', \my $out, '2>', \my $err);
	return $out eq slurp_file("$tree/expected/$spec.out");
}

my $done = $node->safe_psql(copied('alone'), $alone);
my %specs = map { $_->[1] => 1 } @mutations;
copied('unchanged');
ok(is_green($_, 'unchanged'), "$_ is green") for sort keys %specs;

MUTATION: for my $mutation (grep { index($_->[0], $ENV{BOTSESSION_MUTATION} // '') >= 0 } @mutations)
{
	my ($name, $spec, $what, @changes) = @$mutation;

	if (@changes)
	{
		my $function = "bot_session_$what";
		$what = $node->safe_psql('original', "select pg_get_functiondef(oid) from pg_proc where proname = '$function'");
		while (my ($there, $instead) = splice @changes, 0, 2)
		{
			$what =~ s/$there/ref $instead ? $instead->() : $instead/ge
			  or fail("$name: $function has nothing like $there"), next MUTATION;
		}
	}
	is($node->safe_psql(copied('mutant'), "$what;\n$alone"), $done, "$name: each call alone works");
	ok(!is_green($spec, 'mutant'), "$name: $spec is red");
	note("also $_") for grep { $ENV{BOTSESSION_ALL_SPECS} && $_ ne $spec && !is_green($_, 'mutant') } sort keys %specs;
}

$node->stop;
done_testing();
