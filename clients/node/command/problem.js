// What the command says where it cannot do what was asked: what is wrong, and on the next line what to do.

/** Exit codes */
export const FAILED = 1;
export const USAGE = 2;
export const UNKNOWN = 3; // there is no such session; for qr also: it has ended

/** An end that is foreseen. Its message is all that is shown. */
export class Problem extends Error {
  constructor(message, { advice, exitCode = FAILED } = {}) {
    super(message);
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

export const unknownSession = (id) =>
  new Problem(`there is no session ${JSON.stringify(id)}`, {
    exitCode: UNKNOWN,
    advice: 'botsession list shows those there are',
  });

/**
 * What kind of trouble an error of the database is.
 * @returns {'noAnswer'|'refusedKey'|'noRights'|'noMigration'|'other'}
 */
export function kindOf({ code = '', status, transient }) {
  if (/^(28000|28P01|PGRST30.)$/.test(code) || (status === 401 && code !== '42501')) return 'refusedKey';
  if (code === '42501') return 'noRights';
  if (/^(PGRST202|PGRST205|PGRST106|42P01|42883|3F000)$/.test(code)) return 'noMigration';
  return transient ? 'noAnswer' : 'other';
}

/** The role that a key is for, as far as it says so. */
export function roleOf(key = '') {
  if (key.startsWith('sb_secret_')) return 'service_role';
  if (key.startsWith('sb_publishable_')) return 'anon';
  try {
    return String(JSON.parse(Buffer.from(key.split('.')[1], 'base64url').toString()).role);
  } catch {
    return undefined;
  }
}

/** A BotSessionsError, or an error of node-postgres, for people. `connection` says where it comes from. */
export function explain(error, connection) {
  const name = connection.variable;
  const message = error.message
    .replace(/^\w+: (?=no answer)/, '')
    .replace(/^(list|read|end|overview|history|version|reseal): /, '');
  switch (kindOf(error)) {
    case 'noAnswer':
      return new Problem(`${connection.place}: ${message}`, {
        advice: error.timedOut ? '--timeout gives it more seconds' : `check that the server runs, and ${name}`,
      });
    case 'refusedKey':
      return new Problem(`${connection.place} does not accept ${connection.secret}: ${message}`, {
        advice: `check ${connection.secret}`,
      });
    case 'noRights':
      return new Problem(message, {
        advice:
          connection.role && connection.role !== 'service_role'
            ? `the key is for the role ${connection.role}: ${connection.secret} has to be the service key`
            : connection.key
              ? 'this may not be the service key; botsession doctor tells what it may do'
              : 'this user may not; connect as the owner of the tables, or as service_role',
      });
    case 'noMigration': {
      const how = connection.key
        ? 'paste what botsession migrate prints into the SQL editor'
        : 'botsession migrate --apply';
      const where =
        connection.schema === 'public' ? '' : `, and check BOTSESSION_SCHEMA, which is ${connection.schema}`;
      return new Problem(message, { advice: `run the migration: ${how}${where}` });
    }
    default:
      return new Problem(message, { advice: error.hint ?? undefined });
  }
}
