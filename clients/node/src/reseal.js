import { Failure } from './errors.js';
import { mostBytes } from './shared-requests.js';

/** @typedef {import('./transports/transport.js').Query} Query */

/**
 * The data of one session.
 * @typedef {object} Rows
 * @property {(query: Query) => Promise<any[]>} read
 * @property {(order: string, query: Query) => Promise<any[]>} readAll in the order of a column that is unique
 * @property {(keys: import('./types.js').BotSessionDataKeys) => Promise<import('./types.js').BotSessionData>} load
 * @property {(query: Query, value: string) => Promise<any[]>} replace the value of rows: those that are still so
 */

const mostAtOnce = 20;
const mostIdlePasses = 5;

/**
 * Seals anew what the first key did not seal for this session. A row is replaced only where it is still what was read,
 * so that nothing is lost that a bot saves meanwhile; what was missed for that is looked at again.
 * @param {string} session_id
 * @param {import('./seal.js').Sealer} sealer
 * @param {string|undefined} from the session's name when it was sealed
 * @param {Rows} rows
 * @returns {Promise<number>} how many values that were
 */
export async function reseal(session_id, sealer, from, rows) {
  // What was sealed for another name looks the same: then each value has to be opened.
  /** @type {NonNullable<Query['where']>} */
  const candidates = from === undefined ? [['value', 'not.like', `${sealer.newest}%`]] : [];
  let resealed = 0;
  let missed = 0;

  await rows.load({}); // refused where its data is not the caller's
  for (let idlePasses = 0; ; ) {
    const before = resealed;
    missed = 0;
    await resealKinds();
    if (missed === 0) return resealed;
    idlePasses = resealed > before ? 0 : idlePasses + 1;
    if (idlePasses === mostIdlePasses) {
      const message = 'values change while they are sealed, or are not to be changed';
      throw new Failure({ code: 'changing', message, hint: 'Stop the bot, or seal before it starts.' });
    }
  }

  async function resealKinds() {
    for (let after = candidates; ; ) {
      const [row] = await rows.read({ columns: ['kind'], where: after, order: 'kind', limit: 1 });
      if (!row) return;
      await resealKind(row.kind);
      after = [...candidates, ['kind', 'gt', row.kind]];
    }
  }

  /** @param {string} kind */
  async function resealKind(kind) {
    const found = await rows.readAll('key', { columns: ['key', 'updated_at'], where: [...candidates, ['kind', 'eq', kind]] });
    for (let done = 0, count = 1; done < found.length; ) {
      const some = found.slice(done, done + count);
      const { [kind]: values = {} } = await rows.load({ [kind]: some.map(({ key }) => key) });
      const outcomes = await Promise.allSettled(
        some.map(({ key, updated_at }) => resealValue(kind, key, updated_at, values[key])),
      );
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      done += some.length;
      const bytes = Object.values(values).reduce((sum, { length }) => sum + length, 1);
      count = Math.max(1, Math.min(mostAtOnce, Math.floor((some.length * mostBytes) / bytes)));
    }
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @param {string} updated_at
   * @param {string|undefined} stored
   */
  async function resealValue(kind, key, updated_at, stored) {
    if (stored === undefined) return; // deleted meanwhile
    const { value, moved } = open(kind, key, stored);
    if (!moved && stored.startsWith(sealer.newest)) return;
    const where = /** @type {NonNullable<Query['where']>} */ ([['kind', 'eq', kind], ['key', 'eq', key], ['updated_at', 'eq', updated_at]]);
    const { length } = await rows.replace({ where }, sealer.seal([session_id, kind, key], value));
    if (length === 1) resealed++;
    else missed++;
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @param {string} stored
   */
  function open(kind, key, stored) {
    try {
      return { value: sealer.open([session_id, kind, key], stored), moved: false };
    } catch (error) {
      if (from === undefined || !(error instanceof Failure) || error.facts.code !== 'damaged') throw error;
      return { value: sealer.open([from, kind, key], stored), moved: true };
    }
  }
}
