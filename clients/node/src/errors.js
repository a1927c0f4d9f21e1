/**
 * What a transport found out about a request that failed.
 * @typedef {object} FailureFacts
 * @property {string} message
 * @property {string} [code] SQLSTATE, or PostgREST's own code; none where no answer came, or not the database's
 * @property {number} [status] of HTTP
 * @property {string|null} [details]
 * @property {string|null} [hint]
 * @property {boolean} [timedOut] no answer came within the time
 * @property {unknown} [cause]
 */

/** Thrown by transports and checks. The repository makes a BotSessionsError of it. */
export class Failure extends Error {
  /** @param {FailureFacts} facts */
  constructor(facts) {
    super(facts.message);
    this.facts = facts;
  }
}

/** What passes by itself: connection, transaction, resources, intervention, a lock not to be had, a standby, PostgREST. */
const passing = /^((08|40|53|57)[0-9A-Z]{3}|55P03|25006|PGRST00.|PGRST30[13])$/;

/** What the database does not know: not migrated yet, or a schema cache that is just being made anew. */
const unknownName = /^(PGRST202|PGRST205|42P01|42883)$/;

/** @param {{ code: string }} error */
export const isUnknownName = ({ code }) => unknownName.test(code);

/**
 * @param {FailureFacts} facts
 * @param {boolean} answeredBefore
 */
function isTransient({ code = '', status, message }, answeredBefore) {
  if (!code && (!status || status < 300 || status === 404)) return true; // no answer, or not the database's
  if (status && (status === 408 || status === 429 || status >= 500)) return true;
  if (code === '0A000') return message.includes('during recovery'); // what a standby says to a transaction that writes
  return passing.test(code) || (answeredBefore && unknownName.test(code));
}

/** Every failure of the repository. That there is no such session is what `notFound` says, and nothing else. */
export class BotSessionsError extends Error {
  /**
   * @param {string} operation
   * @param {FailureFacts} facts
   * @param {{ answeredBefore?: boolean, outdated?: boolean }} [circumstances]
   */
  constructor(operation, facts, { answeredBefore = false, outdated = false } = {}) {
    super(`${operation}: ${facts.message}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'BotSessionsError';
    /** SQLSTATE, or PostgREST's own code; empty where no answer came, or not the database's. */
    this.code = facts.code ?? '';
    /** Of HTTP; undefined over node-postgres, and where no answer came. */
    this.status = facts.status;
    this.details = facts.details || null;
    this.hint = facts.hint || null;
    /** There is no such session. (A missing table or a wrong URL is a 404 too, but not this.) */
    this.notFound = this.code === 'PT404';
    /** The session was ended, or is another worker's: a QR code for an inactive one, a stale fence, a live lease. */
    this.conflict = this.code === 'PT409';
    /** The same call may succeed later. Everything else is final. */
    this.transient = !outdated && isTransient(facts, answeredBefore);
    /** The request took too long, here or there, or waited for a lock too long. */
    this.timedOut = facts.timedOut === true || /^(57014|55P03)$/.test(this.code) || this.status === 504;
  }
}
