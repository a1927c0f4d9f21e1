#!/usr/bin/env perl
# Random calls of every function, as text for psql: calls.pl SEED CALLS
#
# The arguments are what callers get wrong: NULL, empty, long, not ASCII, the largest and the smallest,
# batches cut and bent. Each call is one statement of its own, so that the one that a server did not
# survive is the last one in its log.

use strict;
use warnings;
use utf8;

binmode STDOUT, ':utf8';

my ($seed, $calls) = @ARGV;
srand($seed);

sub one { return $_[ rand @_ ]; }
sub quoted { return "'" . $_[0] =~ s/'/''/gr . "'"; }

sub any_text
{
	return one(
		sub { 'null' }, sub { "''" },
		sub { quoted('bot' . int rand 20) }, sub { quoted('bot' . int rand 20) }, sub { quoted('bot' . int rand 20) },
		sub { sprintf "repeat('%s', %d)", one('x', 'é', '🤖', ' ', "\\"), int rand one(10, 300, 10000, 200000) },
		sub { quoted(join '', map { chr(32 + rand 95) } 1 .. rand 40) },
		sub { q{e'\t\n\r\x01\x7f'} }, sub { quoted(one('%s %n %d', '$1', '";--', 'null', '{}', '../../x', 'NaN')) },
		sub { q{(select string_agg(chr((1 + random() * 50000)::int), '') from generate_series(1, 30))} },
	)->();
}

# Of a table, or in place of a value that was toasted
sub text_value
{
	return one(\&any_text, \&any_text, \&any_text,
		sub { '(select v from toasted order by random() limit 1)' },
		sub { '(select last_message from bot_sessions order by random() limit 1)' })->();
}

sub number
{
	return one('null', 0, 1, -1, 2, 10, 1000, 2147483647, -2147483648, int rand 100);
}

sub big
{
	return one('null', 'null', 'null', 0, 1, -1, int rand 500, '9223372036854775807', '-9223372036854775808',
		'(select fence from bot_session_leases order by random() limit 1)');
}

sub interval
{
	return one('null', map { "interval '$_'" } one('0', '1 second', '1 microsecond', '-1 second', '1 hour', '1 day -1 hour', '1000 years',
			'178000000 years', '-178000000 years', '1 mon -30 days', '-1 mon 31 days', '1 day -24 hours', '2147483647 days',
			'-2147483648 mons', '9223372036854 seconds', '1.5 seconds', '296537 years'));
}

sub json_value
{
	my ($depth) = @_;
	return one(
		sub { 'null' }, sub { one('true', 'false') }, sub { one(0, -1, '1e400', '1e-400', '12345678901234567890', '1.0', 3, int rand 500) },
		sub { '""' }, sub { '"bot' . int(rand 20) . '"' },
		sub { '"' . one('\u0041', '\ud83e\udd16', 'é', '\"', '\\\\', '\n', 'x' x 300, 'm' x rand 5000) . '"' },
		$depth > 4 ? () : (
			sub { '[' . join(', ', map { json_value($depth + 1) } 1 .. rand 4) . ']' },
			sub { '{' . join(', ', map { json_key() . ': ' . json_value($depth + 1) } 1 .. rand 4) . '}' },
		))->();
}

sub json_key
{
	return '"' . one(qw(session_id session_id last_message qr_data fence Session_id session_id\u0000 session_ides), '', 'x' x rand 300, 'bot' . int rand 20) . '"';
}

# Mostly right, then bent
sub batch
{
	return one(map { quoted($_) } json_value(0)) if rand() < 0.15;
	my @elements = map {
		my @pairs = ('"session_id": ' . (rand() < 0.9 ? '"bot' . int(rand 25) . '"' : json_value(3)));
		push @pairs, '"last_message": ' . (rand() < 0.8 ? '"hello"' : json_value(3)) if rand() < 0.5;
		push @pairs, '"qr_data": ' . (rand() < 0.8 ? one('"code"', '""') : json_value(3)) if rand() < 0.4;
		push @pairs, '"fence": ' . (rand() < 0.7 ? int rand 500 : json_value(3)) if rand() < 0.15;
		push @pairs, json_key() . ': ' . json_value(2) if rand() < 0.03;
		rand() < 0.03 ? json_value(1) : '{' . join(', ', @pairs) . '}'
	} 1 .. rand one(2, 5, 5, 40);
	my $text = '[' . join(', ', @elements) . ']';
	# Bytes changed, cut out or doubled: what is no JSON any more is the parser's to refuse
	while (rand() < 0.15)
	{
		my $at = int rand length $text;
		substr($text, $at, one(0, 1, 1, 3)) = one('', '"', '{', '}', '[', ']', ',', ':', 'null', '\\', chr(32 + rand 95), substr($text, rand length $text, 9));
	}
	return quoted($text);
}

sub fences
{
	return one(
		sub { '(select jsonb_object_agg(session_id, fence) from bot_session_leases)' },
		sub { quoted('{' . join(', ', map { '"bot' . int(rand 25) . '": ' . (rand() < 0.8 ? int rand 500 : json_value(3)) } 1 .. rand 6) . '}') },
		sub { quoted(json_value(0)) }, sub { batch() }, sub { 'null' })->();
}

sub worker { return one('null', "''", "'worker1'", "'worker1'", "'worker2'", any_text()); }

my @calls = (
	sub { 'bot_session_start(' . any_text() . ')' },
	sub { 'bot_session_start(' . join(', ', any_text(), worker(), interval()) . ')' },
	sub { 'bot_session_touch(' . join(', ', any_text(), text_value(), text_value(), big(), interval()) . ')' },
	sub { 'bot_session_end(' . join(', ', any_text(), text_value(), big()) . ')' },
	sub { 'bot_session_touch_many(' . batch() . ')' },
	sub { 'bot_session_touch_many(' . batch() . ')' },
	sub { 'bot_session_expire(' . join(', ', interval(), number(), text_value()) . ')' },
	sub { 'bot_session_claim(' . join(', ', worker(), number(), interval()) . ')' },
	sub { 'bot_session_renew(' . fences() . ', ' . interval() . ')' },
	sub { 'bot_session_release(' . fences() . ')' },
	sub { 'bot_session_overview(' . interval() . ')' },
);

# The trigger functions, and what is written to the table past the functions
my @statements = (
	sub { 'select ' . one('bot_session_maintain()', 'bot_session_audit()', 'bot_session_audit_lease()') },
	sub { 'insert into bot_sessions (session_id, last_message, status, qr_data) values (' . join(', ', any_text(), text_value(), one("'active'", "'inactive'", any_text()), text_value()) . ') on conflict do nothing' },
	sub { 'update bot_sessions set ' . one('last_message = ' . text_value(), 'status = ' . one("'active'", "'inactive'", any_text()), "updated_at = now() + coalesce(" . interval() . ", interval '1 day')", "updated_at = '" . one('infinity', '-infinity', '294276-12-31 23:59:59.999999', '4714-11-24 BC') . "'") . ' where session_id = ' . any_text() },
	sub { 'delete from bot_sessions where session_id = ' . any_text() },
	sub { "set request.jwt.claims = " . quoted(json_value(0)) },
	sub { 'set botsession.operation = ' . quoted(one('', 'bot_session_start bot' . int rand 20, ' ', 'x' x 100)) },
	sub { 'set botsession.reason = ' . quoted(one('', 'forged', 'x' x 1000)) },
	sub { 'reset all' },
);

for (1 .. $calls)
{
	my $sql = rand() < 0.06 ? one(@statements)->() : 'select count(*) from (select * from ' . one(@calls)->() . ' limit ' . one(1, 'all') . ') as r';
	# A transaction of its own, at each isolation level
	my $level = one('', '', '', '', 'repeatable read', 'serializable', 'read only');
	print $level ? "begin; set transaction " . ($level =~ /read only/ ? $level : "isolation level $level") . "; $sql; commit;\n" : "$sql;\n";
}
