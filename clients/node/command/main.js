import { parseArgs } from 'node:util';
import { milliseconds } from './arguments.js';
import { connect } from './connection.js';
import { Output } from './output.js';
import { FAILED, Problem, USAGE, explain } from './problem.js';
import { visible } from '../console/page/visible.js';
import { version } from '../src/version.js';
import { verbs } from './verbs.js';

const shared = {
  help: { type: 'boolean', short: 'h' },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long an answer may take: 10' },
};
const json = { json: { type: 'boolean', help: 'print data instead of text' } };

/** Runs the command that a process was started with, and sets its exit code. */
export async function run(process) {
  const { argv, env, stdin, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // Whoever reads a pipe may have seen enough.
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
  process.exitCode = await main(argv.slice(2), {
    env,
    stdin,
    out: new Output(stdout, env),
    err: new Output(stderr, env),
    process,
  });
}

/** @returns {Promise<number>} the exit code */
export async function main(args, context) {
  const { out, err } = context;
  let connection;
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      const verb = verbs[rest[0]];
      out.write(verb ? helpOf(rest[0], verb) : overviewOfVerbs());
      return name === undefined ? USAGE : 0;
    }
    if (name === '--version') {
      out.line(version);
      return 0;
    }
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb)
      throw new Problem(`there is no command ${JSON.stringify(name)}`, {
        exitCode: USAGE,
        advice: 'botsession --help lists them',
      });
    const { values, positionals } = parse(name, verb, rest);
    if (values.help) {
      out.write(helpOf(name, verb));
      return 0;
    }
    const timeout = milliseconds(values.timeout ?? verb.seconds ?? '10', '--timeout');
    const connecting = async () => (connection ??= await connect(context.env, { timeout }));
    const command = { ...context, options: values, positionals, timeout, connect: connecting };
    return (
      (await (
        await verb.load()
      ).run(verb.connects === false ? command : { ...command, connection: await connecting() })) ?? 0
    );
  } catch (error) {
    return report(err, error, connection);
  } finally {
    await connection?.close().catch(() => {});
  }
}

function report(err, error, connection) {
  const problem =
    error instanceof Problem
      ? error
      : error.name === 'BotSessionsError' || error.code || error.transient
        ? explain(error, connection ?? {})
        : null;
  if (!problem) throw error;
  err.line(err.style('red', visible(`botsession: ${problem.message}`)));
  if (problem.advice) err.line(visible(`  ${problem.advice}`));
  return problem.exitCode ?? FAILED;
}

function parse(name, verb, args) {
  try {
    const options = { ...shared, ...(verb.json !== false && json), ...verb.options };
    const parsed = parseArgs({ args, options, allowPositionals: true });
    if (parsed.values.help) return parsed;
    const [least, most] = verb.positionals ?? [0, 0];
    if (parsed.positionals.length < least) throw new Error(`${verb.usage ?? 'an argument'} is missing`);
    if (parsed.positionals.length > most) throw new Error(`${JSON.stringify(parsed.positionals[most])} is too much`);
    return parsed;
  } catch (error) {
    // Node's own messages go on with advice of their own.
    throw new Problem(error.message.replace(/\. To specify a positional.*/s, ''), {
      exitCode: USAGE,
      advice: `botsession ${name} --help`,
    });
  }
}

const connectionHelp = `
Connection: DATABASE_URL (needs the package pg), or SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY.
BOTSESSION_SCHEMA where the tables are not in public.
`;

function overviewOfVerbs() {
  const lines = Object.entries(verbs).map(
    ([name, verb]) => `  ${`${name} ${verb.usage ?? ''}`.padEnd(16)}${verb.summary}\n`,
  );
  return `usage: botsession COMMAND [OPTIONS]\n\n${lines.join('')}
botsession COMMAND --help tells more. Exit codes: 0 done, 1 failed, 2 usage, 3 there is no such session.
${connectionHelp}`;
}

function helpOf(name, verb) {
  const timeout = { ...shared.timeout, help: shared.timeout.help.replace('10', verb.seconds ?? '10') };
  const options = Object.entries({ ...verb.options, ...(verb.json !== false && json), timeout });
  const lines = options.map(
    ([option, { value, help }]) => `  ${`--${option}${value ? ` ${value}` : ''}`.padEnd(22)}${help}\n`,
  );
  const usage = ['usage: botsession', name, verb.usage, '[OPTIONS]'].filter(Boolean).join(' ');
  const about = verb.help ?? `${verb.summary[0].toUpperCase()}${verb.summary.slice(1)}.`;
  return `${usage}\n\n${about}\n\n${lines.join('')}${connectionHelp}`;
}
