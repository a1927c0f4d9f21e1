# Both editions do the same, and so do both ways of the C edition to the rows:
# thousands of random calls and direct writes are made in three databases, and
# every result, every error (SQLSTATE, message, detail, hint; but for a missing
# table and a read-only transaction) and all that is stored is compared.  Times are compared only as far as they order things.
#
#	BOTSESSION_SEED		another sequence of calls
#	BOTSESSION_CALLS	more of them, or fewer

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use BotSession;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{BOTSESSION_SEED} || 20251;
my $ncalls = $ENV{BOTSESSION_CALLS} || 21000;
my $max_shown = 15;

note("BOTSESSION_SEED=$seed BOTSESSION_CALLS=$ncalls");
srand($seed);

# What runs the calls, the same in both databases.
my $driver = <<'SQL';
create schema diff;
create table diff.calls (n integer primary key, command boolean, sql text);
create table diff.log (n integer primary key, result jsonb);

-- Several leases that are claimed in one call get their fences in the order in which a
-- plan comes upon them, which may be any: so they are compared with the lease that is stored
create function diff.fence(session_id text, fence bigint) returns text language plpgsql security definer as $$
begin
	return (select case when $2 > l.fence then 'future' when $2 < l.fence then 'stale' else 'current' end
		from public.bot_session_leases l
		where l.session_id = $1);
end
$$;
-- A row of the table or of a result; of its times only what both databases agree on
create function diff.row(r jsonb) returns jsonb language sql as $$
	select r || case when r ? 'fence' then jsonb_build_object('fence', diff.fence(r ->> 'session_id', (r ->> 'fence')::bigint)) else '{}' end || coalesce((
		select jsonb_object_agg(key, case
			when value::timestamptz = 'infinity' or value::timestamptz < '2020-01-01' then value
			when value::timestamptz > clock_timestamp() then 'after the call'
			when value::timestamptz >= current_setting('diff.began')::timestamptz then 'during the call'
			else 'before the call' end)
		from jsonb_each_text(r)
		where key in ('created_at', 'updated_at', 'expires_at', 'released_at') and value is not null), '{}')
$$;

create function diff.as_role(role name, sql text) returns jsonb language plpgsql as $$
declare
	result jsonb;
begin
	perform set_config('role', role, true);
	execute sql into result;
	perform set_config('role', 'none', true);
	return result;
end
$$;
create function diff.definer(sql text) returns jsonb language plpgsql security definer as $$
declare
	result jsonb;
begin
	execute sql into result;
	return result;
end
$$;
-- These end in an error, which carries the result and takes everything back
create function diff.read_only(sql text) returns jsonb language plpgsql as $$
declare
	result jsonb;
begin
	perform set_config('transaction_read_only', 'on', true);
	execute sql into result;
	raise 'read-only: %', result;
end
$$;
create function diff.undo(sql text) returns jsonb language plpgsql as $$
declare
	result jsonb;
begin
	execute sql into result;
	raise 'undo: %', result;
end
$$;
create function diff.both(one text, two text) returns jsonb language plpgsql as $$
declare
	result_one jsonb;
	result_two jsonb;
begin
	execute one into result_one;
	execute two into result_two;
	return jsonb_build_array(result_one, result_two);
end
$$;

create procedure diff.run() language plpgsql as $$
declare
	call record;
	result jsonb;
	state text; message text; detail text; hint text; col text; con text; typ text; tab text;
begin
	for call in select * from diff.calls order by n loop
		result := null;
		begin
			perform set_config('diff.began', clock_timestamp()::text, false);
			if call.command then
				execute call.sql;
			else
				execute call.sql into result;
			end if;
		exception when others then
			get stacked diagnostics state = returned_sqlstate, message = message_text,
				detail = pg_exception_detail, hint = pg_exception_hint, col = column_name,
				con = constraint_name, typ = pg_datatype_name, tab = table_name;
			-- PostgreSQL prints the failing row of a constraint, with its times
			detail := regexp_replace(detail, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d', 'TIME', 'g');
			-- Where the server says it by itself, the PL/pgSQL edition leaves it to the server
			if state in ('25006', '42P01') then
				message := null;
				hint := null;
			end if;
			result := jsonb_build_object('error', array[state, message, detail, hint, col, con, typ, tab]);
		end;
		insert into diff.log values (call.n, result);
		if call.n % 20 = 0 then
			commit;
		end if;
	end loop;
end
$$;

grant usage on schema diff to public;
SQL

# The roles of the cluster, and what they may do in a database.
my $roles = q{
	create role regress_diff_all;
	create role regress_diff_rls;
	create role regress_diff_columns;
	create role regress_diff_caller;
	create role regress_diff_nobody;
};
my $grants = q{
	grant execute on all functions in schema public
		to regress_diff_all, regress_diff_rls, regress_diff_columns, regress_diff_caller;
	grant select, insert, update, delete on bot_sessions to regress_diff_all, regress_diff_rls;
	grant select, insert (session_id, status), update (last_message, status) on bot_sessions to regress_diff_columns;
	grant select, insert, update, delete on bot_session_leases to regress_diff_all, regress_diff_rls;
	-- Not without: which of two tables an error names depends on the plan
	grant select on bot_session_leases to regress_diff_columns, regress_diff_caller;
	grant usage on sequence bot_session_fences to regress_diff_all, regress_diff_rls;
	grant select, insert, update, delete on bot_session_data to regress_diff_all, regress_diff_rls;
	grant select, insert, update (value, updated_at) on bot_session_data to regress_diff_columns;
	create policy everything on bot_session_data to regress_diff_all, regress_diff_columns using (true);
	create policy visible on bot_session_data to regress_diff_rls using (kind <> 'session') with check (key <> 'hidden');
	create policy everything on bot_sessions to regress_diff_all, regress_diff_columns using (true);
	create policy everything on bot_session_leases to regress_diff_all, regress_diff_columns using (true);
	create policy visible on bot_session_leases to regress_diff_rls using (session_id < 'a5');
	create policy visible on bot_sessions to regress_diff_rls using (session_id like 'a%') with check (true);
	alter function diff.definer(text) owner to regress_diff_all;
};

# What users do to the table, from one part of the run to the next.
my @parts = (
	[],
	[ q{alter table bot_sessions add column phone text default 'none'},
	  q{alter table bot_sessions add column label text generated always as (upper(session_id)) stored},
	  q{create function public.user_before() returns trigger language plpgsql as $$
		begin
			if new.last_message = 'stop' then
				new.status := 'inactive';
			elsif new.last_message = 'go' then
				new.status := 'active';
			elsif new.last_message = 'cancel' then
				return null;
			elsif new.last_message = 'boom' then
				raise exception 'boom' using detail = 'Detail of the user.', hint = 'Hint of the user.';
			elsif new.last_message = 'code' then
				new.qr_data := 'from the trigger';
			end if;
			new.phone := coalesce(new.phone, 'unknown');
			return new;
		end $$},
	  q{create trigger user_before before insert or update on bot_sessions for each row execute function user_before()},
	  q{create function public.user_after() returns trigger language plpgsql as $$
		begin
			if pg_trigger_depth() > 1 then
				return null;
			elsif new.last_message = 'vanish' then
				delete from public.bot_sessions where session_id = new.session_id;
			elsif new.last_message = 'again' then
				update public.bot_sessions set last_message = 'changed after' where session_id = new.session_id;
			elsif new.last_message = 'end me' then
				perform public.bot_session_end(new.session_id, 'by a trigger');
			elsif new.last_message = 'end others' then
				perform public.bot_session_end(session_id, 'by a trigger')
				from (select session_id from public.bot_sessions where session_id like 'a%' order by session_id collate "C") s;
			elsif new.last_message = 'start other' then
				perform public.bot_session_start('started by a trigger');
			end if;
			return null;
		end $$},
	  q{create trigger user_after after insert or update on bot_sessions for each row execute function user_after()} ],
	[ q{alter table bot_session_data add column note text default 'none', add column length integer generated always as (length(value)) stored},
	  q{create function public.user_data() returns trigger language plpgsql as $$
		begin
			if new.value = 'stop' then
				return null;
			elsif new.value = 'boom' then
				raise exception 'boom' using detail = 'Detail of the user.', hint = 'Hint of the user.';
			elsif new.value = 'other key' then
				new.value := 'value of a trigger';
			end if;
			new.note := tg_op;
			return new;
		end $$},
	  q{create trigger user_data before insert or update on bot_session_data for each row execute function user_data()},
	  q{create table public.user_messages (session_id text references bot_sessions on update cascade on delete cascade)},
	  q{create table public.user_contracts (session_id text references bot_sessions)},
	  q{create unique index user_unique on bot_sessions (last_message) where last_message like 'unique%'},
	  q{alter table bot_sessions add constraint user_check check (length(last_message) < 1000)},
	  q{insert into user_messages select session_id from bot_sessions order by session_id collate "C" limit 5},
	  q{insert into user_contracts select session_id from bot_sessions order by session_id collate "C" limit 3} ],
	[ q{alter table bot_sessions disable trigger zz_bot_sessions_maintain} ],
	[ q{delete from bot_sessions where status not in ('active', 'inactive') or length(session_id) not between 1 and 255},
	  q{alter table bot_sessions enable trigger zz_bot_sessions_maintain},
	  q{alter table bot_sessions disable trigger user_after},
	  q{alter table bot_sessions alter status drop not null, alter updated_at drop not null, alter created_at drop not null},
	  q{alter table bot_sessions disable trigger aa_bot_sessions_audit, disable trigger aa_bot_sessions_audit_change,
		disable trigger aa_bot_sessions_audit_start} ],
	[ q{alter table bot_sessions enable trigger aa_bot_sessions_audit, enable trigger aa_bot_sessions_audit_change,
		enable trigger aa_bot_sessions_audit_start},
	  q{alter table bot_sessions rename to away} ],
	[ q{alter table away rename to bot_sessions},
	  q{drop trigger user_before on bot_sessions},
	  q{alter table bot_sessions drop column phone},
	  q{create index on bot_sessions (updated_at)} ],
);
# Where a table is away there is little to see
my @weights = (8, 8, 5, 3, 2, 1, 5);
# While the maintaining trigger is disabled it would let in what bot_session_expire
# ends in the C edition and refuses (22023) in the other one
my %without_wrong_ids = (3 => 1);
my $wrong_ids_too = 1;
my $away = 0;	# the table is

my @ids = (
	(map { "a$_" } 1 .. 8), (map { "B$_" } 1 .. 4),
	'it\'s "quoted"', 'back\\slash', '%s %d %n', ' ', ' padded ', "line\r\nbreak", "tab\t",
	"\x{1F916}", "u\x{308}", "\x{fc}", "\x{430}\x{431}\x{432}", '$1', "'; drop table bot_sessions; --", '{"json": 1}', 'NULL', 'null',
	'x' x 255, "\x{1F916}" x 255, 'bot_session_start a1', 'started by a trigger');
my @wrong_ids = ('', 'x' x 256, "\x{1F916}" x 256, 'y' x 5000);
my @messages = ('hello', '', 'stop', 'go', 'cancel', 'boom', 'code', 'vanish', 'again', 'end me', 'end others',
	'start other', 'unique', 'it\'s "quoted" \\ %s', "line\r\nbreak", "\x{1F916}", 'long ' x 300, 'm' x 200);
my @codes = ('2@code', '2@code', '', 'it\'s "quoted"', "\x{1F916}", 'q' x 3000);
my @statuses = (('active', 'inactive') x 5, 'Active', 'open', '', ' active', undef);
my @intervals = ('1 microsecond', '1 microsecond', '1 hour', '5 years', '20 years', '1 month -30 days', '1 month -29 days',
	'0', '-1 second', '10000 years', '178000000 years', 'infinity', 'soon', undef);
# A lease runs out at once, or not while this runs
my @ttls = (('1 microsecond') x 3, ('1 hour') x 6, '10 years', '0', '-1 second', undef);
my @workers = (('w1') x 8, ('w2') x 8, 'it\'s "w3"', '', undef);
my @kinds = ('creds', 'session', 'pre-key', 'sender-key', 'sender-key-memory', '__proto__', 'it\'s "quoted" \\', "\x{1F916}", 'k' x 64);
my @keys = ('a:0', '0@s.whatsapp.net', 'a/b', '__index', '__proto__', 'hidden', 'it\'s "quoted" \\ %s', "line\r\nbreak", "\x{1F916}" x 128, 'k' x 512);
my @values = ('', 'null', '{"type": "Buffer"}', 'it\'s "quoted" \\ %s', "line\r\nbreak", "\x{1F916}", 'v' x 3000, 'stop', 'boom', 'other key');
my @reasons = ('logout', '', undef, "it's over", 'r' x 300);

sub pick { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }

sub quote
{
	my ($value) = @_;
	return 'null' if !defined $value;
	$value =~ s/'/''/g;
	return "'$value'";
}

sub id { return chance(0.03) ? undef : chance(0.03) && $wrong_ids_too ? pick(@wrong_ids) : chance(0.7) ? $ids[ int rand 12 ] : pick(@ids) }
sub message { return chance(0.1) ? undef : chance(0.5) ? 'message ' . int rand 1000 : pick(@messages) }
sub code { return chance(0.4) ? undef : pick(@codes) }

sub json
{
	my ($value) = @_;
	return 'null' if !defined $value;
	$value =~ s/(["\\])/\\$1/g;
	$value =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
	return qq{"$value"};
}

sub element
{
	return pick('1', 'null', '"a1"', '[]', '[{"session_id": "a1"}]', '{}', 'true',
		'{"session_id": 1}', '{"session_id": null}', '{"session_id": ["a1"]}', '{"session_id": {"a": "b"}}', '{"session_id": true}',
		'{"last_message": "no session"}', '{"session_id": "a1", "last_message": 5}', '{"session_id": "a1", "qr_data": {}}',
		'{"session_id": "a1", "message": "x"}', '{"session_id": "a1", "": "x"}', '{"session_id": "a1", "Session_id": "a2"}',
		'{"session_id": "a1", "session_id": "a2"}', '{"session_id": "a1", "fence": 0}', '{"qr_data": [], "last_message": 1}',
		'{"session_id": "\u0000"}', '{"session_id": ""}', '{"qr_data": 1, "x": 2}', '{"x": 1, "last_message": true, "session_id": ""}')
	  if chance(0.02);
	my @pairs = ('"session_id": ' . json(chance(0.03) ? undef : id()));
	push @pairs, '"last_message": ' . json(message()) if chance(0.6);
	push @pairs, '"qr_data": ' . json(code()) if chance(0.3);
	return '{' . join(', ', @pairs) . '}';
}

sub batch
{
	return pick('null', '{}', '1', '"a1"', '{"session_id": "a1"}', '[[]]', '[', '') if chance(0.04);
	return undef if chance(0.01);
	return '[' . join(', ', map { element() } 1 .. int rand 7) . ']';
}

sub rows { return "select coalesce(jsonb_agg(diff.row(to_jsonb(r))), '[]') from ($_[0]) as r" }
sub writes { return "with r as ($_[0]) select coalesce(jsonb_agg(diff.row(to_jsonb(r)) order by session_id collate \"C\"), '[]') from r" }

# A fence that SQL looks up: the right one most of the time, or one that was, or another session's. It
# may not be another's that was: see diff.fence
sub fence
{
	my ($id) = @_;
	return pick('0', '-1', '9223372036854775807', 'null') if chance(0.15);
	my $lookup = sub { '(select fence' . $_[1] . ' from bot_session_leases where session_id = ' . quote($_[0]) . ')' };
	return chance(0.15) ? $lookup->($ids[ int rand 12 ], '') : $lookup->($id, chance(0.2) ? ' - 1' : '');
}

sub fences
{
	return quote(pick('null', '[]', '1', '"a1"', '{}', '{', '{"a1": "1"}', '{"a1": null}', '{"a1": 1.5}', '{"a1": 1.0, "a2": -1}', '{"a1": 1e15}', '{"a1": {}}',
		'{"a1": 9223372036854775807}', '{"a1": 9223372036854775808}', '{"": 1, "a2": 0}', undef)) if chance(0.15);
	return "(select coalesce(jsonb_object_agg(session_id, fence), '{}') from bot_session_leases)" if chance(0.1);
	my %fence = map { $_ => fence($_) } map { id() // 'null' } 1 .. int rand 6;
	return 'jsonb_build_object(' . join(', ', map { quote($_) . ", coalesce($fence{$_}, 0)" } sort keys %fence) . ')';
}

sub fenced_batch
{
	my @elements;
	for (1 .. int rand 7)
	{
		my $id = id();
		my @pairs = ("'session_id', " . quote($id));
		push @pairs, "'last_message', " . quote(message()) if chance(0.6);
		push @pairs, "'qr_data', " . quote(code()) if chance(0.3);
		push @pairs, "'fence', " . (chance(0.03) ? pick("'1'::text", '1.5', 'true', "'{}'::jsonb", '1e30') : fence($id)) if chance(0.8);
		push @elements, 'jsonb_build_object(' . join(', ', @pairs) . ')';
	}
	return 'jsonb_build_array(' . join(', ', @elements) . ')';
}

# What bots log in with: kinds, keys and values of which most are there already.
sub kind { return chance(0.02) ? pick('', 'k' x 65, "\x{1F916}" x 17) : chance(0.8) ? pick('creds', 'session', 'pre-key') : pick(@kinds) }
sub key { return chance(0.02) ? pick('', 'k' x 513, "\x{1F916}" x 129) : chance(0.8) ? 'k' . int rand 6 : pick(@keys) }
sub value { return chance(0.6) ? 'value ' . int rand 3 : pick(@values) }

sub data_argument
{
	return pick('null', '[]', '1', '"a"', 'true', '{', '', '{"session": 1}', '{"session": ["k1"]}', '{"session": "k1"}', '{"session": {"k1": 1}}', '{"session": {"k1": {}}}',
		'{"session": {"k1": true}}', '{"\u0000": {"k1": "x"}}', '{"session": {"k1": "\ud800"}}', undef) if chance(0.04);
	my @pairs;
	for (1 .. chance(0.5) ? 1 : int rand 4)
	{
		my @entries = map { json(key()) . ': ' . (chance(0.15) ? 'null' : json(value())) } 1 .. (chance(0.5) ? 1 : int rand 6);
		push @pairs, json(kind()) . ': ' . (chance(0.06) ? 'null' : '{' . join(', ', @entries) . '}');
	}
	return '{' . join(', ', @pairs) . '}';
}

sub keys_argument
{
	return pick('[]', '1', '"a"', '{', '{"session": 1}', '{"session": {}}', '{"session": "k1"}', '{"session": [1]}', '{"session": [null]}', '{"session": [["k1"]]}') if chance(0.05);
	return pick('null', '{}', undef) if chance(0.3);
	return '{' . join(', ', map { json(kind()) . ': ' . (chance(0.5) ? 'null' : '[' . join(', ', map { json(key()) } 1 .. int rand 5) . ']') } 1 .. 1 + int rand 3) . '}';
}

sub data_id { return chance(0.4) ? id() : pick('a1', 'a2', 'a3') }
sub data_fence { my ($id) = @_; return chance(0.8) ? ', fence => ' . fence($id) : '' }

sub saves
{
	return quote(pick('null', '{}', '1', '[1]', '[null]', '[[]]', '[{}]', '[{"session_id": "a1"}]', '[{"session_id": "a1", "data": null}]', '[{"data": {}}]', '[{"session_id": 1, "data": {}}]',
		'[{"session_id": "a1", "data": {}, "fence": "1"}]', '[{"session_id": "a1", "data": {}, "fence": 1.5}]', '[{"session_id": "a1", "data": {}, "x": 1}]', '[', undef)) if chance(0.06);
	my @elements;
	for (1 .. int rand 6)
	{
		my $id = data_id();
		my @pairs = ("'session_id', " . quote($id), "'data', " . quote(data_argument()) . '::jsonb');
		push @pairs, "'fence', " . (chance(0.02) ? pick("'1'::text", '1.5', 'true', '1e30') : fence($id)) if chance(0.6);
		push @elements, 'jsonb_build_object(' . join(', ', @pairs) . ')';
	}
	return 'jsonb_build_array(' . join(', ', @elements) . ')';
}

sub start_arguments
{
	my @given = quote(pick(@workers));
	push @given, quote(pick(@ttls)) if chance(0.8);
	return join ', ', quote(id()), @given;
}

sub touch_arguments
{
	my ($message, $code) = (quote(message()), quote(code()));
	my @given = pick("$message, $code", $message, "qr_data => $code", "qr_data => $code, last_message => $message", 'null, null', undef, undef);
	my $id = id();
	push @given, 'heartbeat_interval => ' . quote(pick('1 hour', '1 hour', '1 microsecond', '0', '-1 second', undef)) if chance(0.3);
	push @given, 'fence => ' . fence($id) if chance(0.4);
	return join ', ', quote($id), grep { defined } @given;
}

my @calls = (
	[ 14, sub { rows('select * from bot_session_start(' . quote(id()) . ')') } ],
	[ 26, sub { rows('select * from bot_session_touch(' . touch_arguments() . ')') } ],
	[ 10, sub { rows('select * from bot_session_end(' . quote(id()) . (chance(0.6) ? ', ' . quote(pick(@reasons)) : '') . ')') } ],
	[ 14, sub { rows('select * from bot_session_touch_many(' . quote(batch()) . ')') } ],
	[ 4, sub {
		my @arguments = (quote(pick(@intervals)));
		push @arguments, 'max_sessions => ' . pick('null', 0, -1, 1, 2, 2, 3, 2147483647) if chance(0.7);
		push @arguments, 'reason => ' . quote(pick(@reasons)) if chance(0.4);
		rows('select * from bot_session_expire(' . join(', ', @arguments) . ')') } ],
	# Workers
	[ 12, sub { rows('select * from bot_session_start(' . start_arguments() . ')') } ],
	[ 5, sub { my $id = id(); rows('select * from bot_session_end(' . quote($id) . ', fence => ' . fence($id) . ')') } ],
	[ 6, sub { rows('select * from bot_session_touch_many(' . fenced_batch() . ')') } ],
	[ 4, sub {
		# All of them: those released, or run out, in one call may have been so in any order
		my @arguments = (quote(pick(@workers)), 'max_sessions => ' . pick((100) x 8, 2147483647, 'null', 0, -1));
		push @arguments, 'ttl => ' . quote(pick(@ttls)) if chance(0.7);
		rows('select * from bot_session_claim(' . join(', ', @arguments) . ')') } ],
	[ 4, sub { rows('select * from bot_session_renew(' . fences() . (chance(0.7) ? ', ' . quote(pick(@ttls)) : '') . ')') } ],
	[ 4, sub { rows('select * from bot_session_release(' . fences() . ')') } ],
	[ 3, sub { rows('select session_id, state, has_qr, worker, lease_expires_at is not null as leased from bot_session_overview('
			. pick('', "'1 microsecond'", "'10 years'", "'-1 hour'", 'null') . ') order by session_id collate "C"') } ],
	[ 3, sub { 'update bot_session_leases set ' . pick("expires_at = '2001-01-01'", "expires_at = clock_timestamp() + '1 hour', released_at = null",
			"expires_at = null, released_at = '2001-01-01'", 'expires_at = null, released_at = null') . ' where session_id = ' . quote(id()) . ' returning *' } ],
	[ 1, sub { 'delete from bot_session_leases where session_id = ' . quote(id()) . ' returning *' } ],
	# What bots log in with
	[ 16, sub { my $id = data_id(); 'select to_jsonb(bot_session_save(' . quote($id) . ', ' . quote(data_argument()) . data_fence($id) . '))' } ],
	[ 5, sub { 'select bot_session_save_many(' . saves() . ')' } ],
	[ 10, sub { my $id = data_id(); 'select bot_session_load(' . quote($id) . ', ' . quote(keys_argument()) . data_fence($id) . ')::jsonb' } ],
	[ 2, sub { my $id = data_id(); 'select to_jsonb(bot_session_forget(' . quote($id) . data_fence($id) . (chance(0.5) ? ', reason => ' . quote(pick(@reasons)) : '') . '))' } ],
	[ 3, sub { my $id = data_id(); rows('select * from bot_session_end(' . quote($id) . ', ' . quote(pick(@reasons)) . data_fence($id) . ', forget => ' . pick('true', 'true', 'false', 'null') . ')') } ],
	[ 4, sub { rows('select * from bot_session_data where session_id = ' . quote(data_id()) . ' order by kind, key') } ],
	[ 2, sub { 'select jsonb_object_agg(session_id, has_data) from bot_session_overview()' } ],
	[ 1, sub { 'with r as (insert into bot_session_data values (' . join(', ', map { quote($_) } id(), kind(), key(), value())
			. ') returning *) select jsonb_agg(diff.row(to_jsonb(r))) from r' } ],
	# Where bot_sessions is away one that finds nothing fails in one edition only
	[ 1, sub { 'with r as (' . ($away ? 'select * from' : 'delete from') . ' bot_session_data where session_id = ' . quote(data_id()) . pick('', ' and kind = ' . quote(kind()))
			. ($away ? '' : ' returning *') . ') select jsonb_agg(diff.row(to_jsonb(r)) order by kind, key) from r' } ],
	# Direct writes
	[ 5, sub { writes('insert into bot_sessions (session_id, last_message, status, qr_data) values ('
			. join(', ', map { quote($_) } id(), message(), pick(@statuses), code()) . ') returning *') } ],
	[ 3, sub { writes('insert into bot_sessions (session_id, created_at, updated_at) values (' . quote(id()) . ', '
			. join(', ', map { quote(pick('2001-02-03 04:05:06+00', '2019-12-31 23:59:59.999999+00', '2015-06-0' . (1 + int rand 9) . ' 00:00+00', 'infinity', undef)) } 1 .. 2)
			. ') returning *') } ],
	[ 5, sub { my ($id, $message, $status, $code) = map { quote($_) } id(), message(), pick(@statuses), code();
		writes("insert into bot_sessions (session_id, last_message, status, qr_data) values ($id, $message, $status, $code)"
			. ' on conflict (session_id) do update set ' . pick('status = excluded.status', 'last_message = excluded.last_message, qr_data = excluded.qr_data',
				'status = excluded.status, last_message = excluded.last_message, qr_data = excluded.qr_data') . ' returning *') } ],
	[ 5, sub { 'update bot_sessions set ' . pick('status = ' . quote(pick(@statuses)), 'last_message = ' . quote(message()), 'qr_data = ' . quote(code()),
			'status = ' . quote(pick(@statuses)) . ', qr_data = ' . quote(code()), 'created_at = ' . quote(pick('2001-01-01', undef)),
			'updated_at = ' . quote(pick('2001-01-01', 'infinity', undef))) . ' where session_id = ' . quote(id()) . ' returning *' } ],
	[ 1, sub { 'update bot_sessions set session_id = ' . quote(id()) . ' where session_id = ' . quote(id()) . ' returning *' } ],
	[ 3, sub { 'delete from bot_sessions where session_id = ' . quote(id()) . ' returning *' } ],
	# Other ways to call
	[ 2, sub { 'select to_jsonb(bot_session_start(' . quote(id()) . ')) - array[\'created_at\', \'updated_at\']' } ],
	[ 1, sub { rows('select (bot_session_touch_many(' . quote(batch()) . ')).*') } ],
	[ 1, sub { rows('select t.* from (values (1, ' . quote(id()) . '), (2, ' . quote(id()) . ')) as v (n, id), bot_session_touch(v.id, ' . quote(message()) . ') as t') } ],
	[ 1, sub { 'select to_jsonb(' . pick('bot_session_maintain()', 'bot_session_audit()', 'bot_session_start()', 'bot_session_touch_many(1)', 'bot_session_expire(1)') . '::text)' } ],
);
for my $call (@calls)
{
	my $make = $call->[1];
	$call->[1] = sub { my $sql = $make->(); return $sql =~ /^(update|delete)/ ? writes($sql) : $sql };
}

sub any_of
{
	my @choices = @_;
	my $total = 0;
	$total += $_->[0] for @choices;
	my $at = rand $total;
	for my $choice (@choices)
	{
		return $choice->[1]->() if ($at -= $choice->[0]) < 0;
	}
	return $choices[0]->[1]->();
}

sub plain_call { return any_of(@calls) }

# A call, and who makes it under which circumstances.
sub call
{
	return any_of(
		[ 80, \&plain_call ],
		[ 8, sub { 'select diff.as_role(' . quote(pick(qw(regress_diff_all regress_diff_all regress_diff_rls regress_diff_rls regress_diff_columns regress_diff_caller regress_diff_nobody)))
				. ', ' . quote(plain_call()) . ')' } ],
		[ 2, sub { 'select diff.definer(' . quote(plain_call()) . ')' } ],
		[ 2, sub { 'select diff.read_only(' . quote(plain_call()) . ')' } ],
		[ 2, sub { 'select diff.undo(' . quote(plain_call()) . ')' } ],
		[ 4, sub { 'select diff.both(' . quote(plain_call()) . ', ' . quote(plain_call()) . ')' } ],
		[ 2, sub { 'select to_jsonb(set_config(\'request.jwt.claims\', ' . quote(pick('', '{"sub": "user 1"}', '{"sub": "' . "\x{1F916}" . '", "role": "x"}', '{"sub": null}',
					'{"role": "x"}', 'no json', '{"sub": ', '[1]', '"sub"', '["sub"]', '{"sub": {"a": 1}}', '{"sub": 5}', '5', '[' x 20000)) . ', '
				. pick('true', 'false') . '))' } ],
		[ 1, sub { 'select to_jsonb(set_config(\'search_path\', ' . quote(pick('public', 'public', '"$user", public', 'public, pg_temp')) . ', false))' } ],
	);
}

sub copy_value
{
	my ($value) = @_;
	$value =~ s/\\/\\\\/g;
	$value =~ s/\n/\\n/g;
	$value =~ s/\r/\\r/g;
	$value =~ s/\t/\\t/g;
	return $value;
}

my $dir = PostgreSQL::Test::Utils::tempdir;
my @sql;
my $weight = 0;
$weight += $_ for @weights;
open my $script, '>:encoding(UTF-8)', "$dir/calls.sql" or die "cannot write: $!";
print $script "set client_min_messages = error;\nset client_encoding = 'UTF8';\nset timezone = 'UTC';\n$driver$grants\ncopy diff.calls from stdin;\n";
for my $part (0 .. $#parts)
{
	$wrong_ids_too = !$without_wrong_ids{$part};
	$away = grep { /rename to away/ } @{ $parts[$part] };
	for my $command (@{ $parts[$part] })
	{
		push @sql, $command;
		print $script join("\t", scalar @sql, 't', copy_value($command)), "\n";
	}
	for (1 .. $ncalls * $weights[$part] / $weight)
	{
		push @sql, call();
		print $script join("\t", scalar @sql, 'f', copy_value($sql[-1])), "\n";
	}
}
print $script "\\.\nanalyze diff.calls;\ncall diff.run();\n";
# The log, then all that is stored
print $script <<'SQL';
\copy (select n, result from diff.log order by n) to 'log'
\copy (select session_id, last_message, status, qr_data, to_jsonb(s) ->> 'label', diff.row(to_jsonb(s)) ->> 'created_at', row_number() over (order by updated_at, session_id collate "C"), case when updated_at < '2020-01-01' then updated_at end from bot_sessions s order by session_id collate "C") to 'sessions'
\copy (select diff.row(to_jsonb(l) - 'released_at'), released_at is not null from bot_session_leases l order by session_id collate "C") to 'leases'
\copy (select session_id, kind, key, value, to_jsonb(d) ->> 'length', diff.row(to_jsonb(d)) ->> 'updated_at' from bot_session_data d order by session_id collate "C", kind, key) to 'data'
\copy (select session_id, event, reason, actor_role, actor_sub, happened_at is null, happened_at < lag(happened_at) over (partition by session_id order by event_id) from bot_session_events order by session_id collate "C", event_id) to 'events'
SQL
close $script;

my $node = new_server('main', "autovacuum = off\n");
$node->safe_psql('postgres', $roles);

# Letters and case sort differently here than by bytes, if the server can
my $icu = $node->safe_psql('postgres', q{select count(*) from pg_collation where collname = 'und-x-icu'}) ? q{locale_provider icu icu_locale 'en-US'} : '';
my %edition = (direct => 'c', spi => 'c', plpgsql => 'plpgsql');
my @parties = sort keys %edition;
my %run;
for my $party (@parties)
{
	$node->safe_psql('postgres', "create database diff_$party template template0 encoding 'UTF8' $icu");
	install($node, "diff_$party", $edition{$party});
	$node->safe_psql('postgres', 'alter database diff_spi set botsession.direct_access = off') if $party eq 'spi';
	mkdir "$dir/$party" or die "cannot make $dir/$party: $!";
	$run{$party} = { out => '' };
	$run{$party}{run} = IPC::Run::start(
		[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr("diff_$party"), '-f', "$dir/calls.sql" ],
		'<', \undef, '>&', \$run{$party}{out}, init => sub { chdir "$dir/$party" or die "chdir: $!" });
}
for my $party (@parties)
{
	ok($run{$party}{run}->finish, "$party: the calls were made");
	is($run{$party}{out}, '', "$party: without a word");
}

# Which of two errors comes first is not promised: a missing table or a read-only transaction, and for who may not
# set qr_data that, or that the session has ended, or is hidden.
sub may_differ
{
	my ($call, @states) = ($_[0], map { /"error": \["(\w{5})"/ ? $1 : '' } @_[1, 2]);
	my $states = join ' ', sort @states;
	return $states eq '25006 42P01' && $call =~ /read_only/
	  || $states =~ /^42501 PT40[49]$/ && $call =~ /regress_diff_columns.*bot_session_touch/s;
}

# Compare with SPI, which is the plain statement
my %result = map { my $party = $_; $party => { map { $_ => [ split /\n/, slurp_file("$dir/$party/$_") ] } qw(log sessions leases data events) } } @parties;
my $one = $result{spi};
is(scalar @{ $one->{log} }, scalar @sql, scalar(@sql) . ' calls');
my %states;
for my $line (@{ $one->{log} })
{
	$states{$1}++ if $line =~ /"error": \["(\w{5})"/;
}
for my $party (grep { $_ ne 'spi' } @parties)
{
	my $two = $result{$party};
	for my $file (qw(log sessions leases data events))
	{
		my $differences = 0;
		my $n = @{ $one->{$file} } > @{ $two->{$file} } ? @{ $one->{$file} } : @{ $two->{$file} };
		for my $i (0 .. $n - 1)
		{
			my ($left, $right) = map { $_->{$file}[$i] // '(none)' } $one, $two;
			next if $left eq $right || $file eq 'log' && may_differ($sql[$i], $left, $right);
			next if ++$differences > $max_shown;
			diag("call: " . substr($sql[$i], 0, 1500)) if $file eq 'log';
			diag("spi: " . substr($left, 0, 1000));
			diag("$party: " . substr($right, 0, 1000));
		}
		is($differences, 0, "$party: no difference in $n lines of $file");
	}
}

# It has to have been worth comparing
note(join ', ', map { "$_: $states{$_}" } sort keys %states);
my $errors = 0;
$errors += $_ for values %states;
cmp_ok($errors, '<', @sql / 2, "$errors errors are less than half of the calls");
for my $state (qw(PT404 PT409 22004 22023 23514 23505 42501 25006 42P01 0A000 P0001))
{
	cmp_ok($states{$state} // 0, '>', 0, "with $state among them");
}
for my $event (qw(created recovered reopened ended deleted claimed released lease_lost forgotten))
{
	my $enough = int($ncalls / 210);
	cmp_ok(scalar(grep { (split /\t/)[1] eq $event } @{ $one->{events} }), '>', $enough, "more than $enough sessions $event");
}
# Rows that were saved, and answers with something in them
my %data = (save => qr/^select to_jsonb\(bot_session_save\(/, load => qr/^select bot_session_load\(/, save_many => qr/^select bot_session_save_many/);
my %answer = (save => qr/\t[1-9]/, load => qr/": \{"/, save_many => qr/"changed": [1-9]/);
for my $function (sort keys %data)
{
	my $done = grep { $sql[$_] =~ $data{$function} && $one->{log}[$_] =~ $answer{$function} } 0 .. $#sql;
	cmp_ok($done, '>', int($ncalls / 420), "$function: $done calls had something to do");
}

$node->stop;
done_testing();
