import * as check from './checks.js';
import { BotSessionsError, Failure, isUnknownName } from './errors.js';
import { reseal } from './reseal.js';
import { createSealer } from './seal.js';
import { SharedRequests } from './shared-requests.js';
import { Store, storeOptionNames } from './store.js';
import { nodePostgres } from './transports/node-postgres.js';
import { postgrest } from './transports/postgrest.js';
import { supabaseClient } from './transports/supabase.js';
import { version } from './version.js';

/**
 * @typedef {import('./types.js').BotSession} BotSession
 * @typedef {import('./types.js').BotSessionChanges} BotSessionChanges
 * @typedef {import('./types.js').BotSessionData} BotSessionData
 * @typedef {import('./types.js').BotSessionDataChanges} BotSessionDataChanges
 * @typedef {import('./types.js').BotSessionDataKeys} BotSessionDataKeys
 * @typedef {import('./types.js').BotSessionEvent} BotSessionEvent
 * @typedef {import('./types.js').BotSessionLease} BotSessionLease
 * @typedef {import('./types.js').BotSessionSave} BotSessionSave
 * @typedef {import('./types.js').BotSessionSaved} BotSessionSaved
 * @typedef {import('./types.js').BotSessionState} BotSessionState
 * @typedef {import('./types.js').BotSessionUpdate} BotSessionUpdate
 * @typedef {import('./types.js').ChangedBotSession} ChangedBotSession
 * @typedef {import('./types.js').UpdatedBotSession} UpdatedBotSession
 */

/**
 * One of `url` with `key`, `supabase` and `pool`: the way to the database.
 * @typedef {object} RepositoryOptions
 * @property {string} [url] of the Supabase project
 * @property {string} [key] its service key; keep it on the server
 * @property {import('./transports/supabase.js').SupabaseLike} [supabase] a client of supabase-js with that key
 * @property {import('./transports/node-postgres.js').PoolLike} [pool] of node-postgres
 * @property {string} [schema] where the migration has put the tables: public
 * @property {number} [timeout] ms after which a request without an answer has failed: 10 000
 * @property {number} [pageSize] rows per request, no more than PostgREST returns at once (db-max-rows): 500
 */

/** @typedef {ReturnType<typeof createRepository>} BotSessionsRepository */

/**
 * The sessions in the database. Every method rejects with a BotSessionsError where the database refused or could not
 * be reached, and with a TypeError where the call itself is wrong; then nothing was sent.
 * @param {RepositoryOptions} options
 */
export function createRepository(options) {
  check.onlyWith(options, ['url', 'key', 'supabase', 'pool', 'schema', 'timeout', 'pageSize'], 'the options');
  const { timeout = 10_000, pageSize = 500 } = options;
  const transport = chooseTransport(options);
  let answeredBefore = false;

  /**
   * @template Result
   * @param {Promise<Result>} answer
   */
  async function answered(answer) {
    const result = await answer;
    answeredBefore = true;
    return result;
  }

  /**
   * The value or the row that a function returns.
   * @param {string} name
   * @param {import('./transports/transport.js').Arguments} args
   * @returns {Promise<any>}
   */
  const call = (name, args = {}) => answered(transport.call(name, args, {}, timeout));

  /**
   * All rows of a function that returns a set.
   * @param {string} name
   * @param {import('./transports/transport.js').Arguments} args
   * @param {number} [ms]
   * @returns {Promise<any[]>}
   */
  const callSet = (name, args, ms = timeout) => answered(transport.call(name, args, { set: true }, ms));

  /**
   * What a function answers to many items, asked page by page.
   * @template Item
   * @param {Item[]} items
   * @param {(page: Item[]) => Promise<any[]>} askPage
   */
  async function inPages(items, askPage) {
    const rows = [];
    for (let i = 0; i < items.length; i += pageSize) rows.push(...(await halving(items.slice(i, i + pageSize), askPage)));
    return rows;
  }

  /**
   * All rows of a table or a set, in the order of a column that is unique. Asks until a page comes back empty: a short
   * one may only mean that PostgREST returns fewer rows at once than were asked for.
   * @param {(query: import('./transports/transport.js').Query) => Promise<any[]>} askPage
   * @param {string} column
   * @param {import('./transports/transport.js').Query} query
   */
  async function allRows(askPage, column, { columns, where = [], descending, limit = Infinity }) {
    /** @type {any[]} */
    const rows = [];
    while (rows.length < limit) {
      /** @type {NonNullable<import('./transports/transport.js').Query['where']>} */
      const after = rows.length > 0 ? [[column, descending ? 'lt' : 'gt', rows.at(-1)[column]]] : [];
      const size = Math.min(pageSize, limit - rows.length);
      const page = await answered(askPage({ columns, where: [...where, ...after], order: column, descending, limit: size }));
      if (page.length === 0) break;
      rows.push(...page);
    }
    return rows;
  }

  /**
   * Objects without a prototype: a key may have any name.
   * @param {import('./transports/transport.js').Arguments} args
   * @returns {Promise<BotSessionData>}
   */
  async function loadData(args) {
    const data = await call('bot_session_load', args);
    for (const kind of Object.keys(data)) Object.setPrototypeOf(data[kind], null);
    return Object.setPrototypeOf(data, null);
  }

  /** @returns {Promise<{ edition: string, version: string }>} */
  async function installed() {
    const answer = await transport.call('bot_session_version', {}, {}, timeout);
    return Array.isArray(answer) ? answer[0] : answer;
  }

  /**
   * Where a function or an argument is unknown, the database may be of another version, or not migrated at all.
   * @param {string} operation
   * @param {import('./errors.js').FailureFacts} facts
   */
  async function toError(operation, facts) {
    if (!isUnknownName({ code: facts.code ?? '' })) return new BotSessionsError(operation, facts);
    const there = await installed().then((row) => row.version, () => null);
    if (there !== null && there !== version) {
      const message = `${facts.message}; the database has version ${there} of botsession, this package is ${version}`;
      return new BotSessionsError(operation, { ...facts, message, hint: runMigration }, { outdated: true });
    }
    const hint = there && answeredBefore ? facts.hint : [facts.hint, runMigration].filter(Boolean).join(' ');
    return new BotSessionsError(operation, { ...facts, hint }, { answeredBefore });
  }

  /**
   * Gives every operation its name in the errors that it throws.
   * @template {Record<string, (...args: any[]) => Promise<any>>} Operations
   * @param {Operations} operations
   * @returns {Operations}
   */
  function named(operations) {
    const entries = Object.entries(operations).map(([name, operation]) => [
      name,
      async (/** @type {unknown[]} */ ...args) => {
        try {
          return await operation(...args);
        } catch (error) {
          throw error instanceof Failure ? await toError(name, error.facts) : error;
        }
      },
    ]);
    return Object.fromEntries(entries);
  }

  const operations = named({
    /**
     * Creates the session, or takes up the persisted one: active in either case. With a worker it takes the lease
     * too, for `ttl` ms; `conflict` where another worker holds that.
     * @param {{ session_id: string, worker?: string|null, ttl?: number }} session
     * @returns {Promise<ChangedBotSession>}
     */
    async create(session) {
      const checks = { session_id: check.string, worker: check.optionalString, ttl: check.optionalInterval };
      return call('bot_session_start', check.options(session, checks, 'the session'));
    },

    /**
     * @param {string} session_id
     * @returns {Promise<BotSession|null>} null where there is none
     */
    async read(session_id) {
      const query = ofSession(check.sessionId(session_id));
      const [session = null] = await answered(transport.read('bot_sessions', query, timeout));
      return session;
    },

    /**
     * Records what is given and keeps the rest; `qr_data: ''` removes the QR code. Never revives an ended session.
     * With a fence that is not the live lease's nothing is written: `conflict`. Nothing given is a heartbeat, which
     * `heartbeatInterval`, in ms, spares where the last update is not that old.
     * @param {string} session_id
     * @param {BotSessionChanges & { heartbeatInterval?: number }} [changes]
     * @returns {Promise<ChangedBotSession>}
     */
    async update(session_id, changes = {}) {
      const checks = { ...changeChecks, heartbeatInterval: check.optionalInterval };
      const { heartbeatInterval: heartbeat_interval, ...given } = check.options(changes, checks, 'the changes');
      return call('bot_session_touch', { session_id: check.sessionId(session_id), ...given, heartbeat_interval });
    },

    /**
     * `update` for many at once. Nothing throws for a single session: its answer has status null where there
     * is no such session, 'inactive' where it was ended, and fence null where the fence was stale.
     * @param {BotSessionUpdate[]} sessions
     * @returns {Promise<UpdatedBotSession[]>} one answer per element, in the same order
     */
    async updateMany(sessions) {
      const elements = check.elements(sessions, 'sessions', { session_id: check.string, ...changeChecks });
      return inPages(elements, (page) => callSet('bot_session_touch_many', { sessions: page }));
    },

    /**
     * Makes the session inactive. Ending it twice is no error. `forget` deletes what its bot logs in with.
     * @param {string} session_id
     * @param {{ reason?: string|null, fence?: number|null, forget?: boolean }} [options]
     * @returns {Promise<ChangedBotSession>}
     */
    async end(session_id, options = {}) {
      const checks = { reason: check.optionalString, fence: check.optionalFence, forget: check.optionalBoolean };
      return call('bot_session_end', { session_id: check.sessionId(session_id), ...check.options(options, checks) });
    },

    /**
     * Ends active sessions that were not updated for `idle` ms and have no live lease, the oldest first.
     * @param {number} idle
     * @param {{ maxSessions?: number, reason?: string|null }} [options]
     * @returns {Promise<ChangedBotSession[]>}
     */
    async expire(idle, options = {}) {
      const checks = { maxSessions: check.optionalCount, reason: check.optionalString };
      const { maxSessions = pageSize, reason } = check.options(options, checks);
      const max_sessions = Math.min(maxSessions, pageSize);
      return callSet('bot_session_expire', { idle: check.interval(idle, 'idle'), max_sessions, reason });
    },

    /**
     * Takes over active sessions whose lease ran out or was released, the longest abandoned first.
     * @param {string} worker
     * @param {{ maxSessions?: number, ttl?: number }} [options]
     * @returns {Promise<BotSessionLease[]>}
     */
    async claim(worker, options = {}) {
      const checks = { maxSessions: check.optionalCount, ttl: check.optionalInterval };
      const { maxSessions = 10, ttl } = check.options(options, checks);
      const max_sessions = Math.min(maxSessions, pageSize);
      return callSet('bot_session_claim', { worker: check.string(worker, 'worker'), max_sessions, ttl });
    },

    /**
     * Prolongs leases, for `ttl` ms from now. A renewal that hangs is given up in time for another.
     * @param {Record<string, number>} fences by session_id
     * @param {{ ttl?: number }} [options]
     * @returns {Promise<BotSessionLease[]>} those that are still held: the others are lost
     */
    async renew(fences, options = {}) {
      const { ttl } = check.options(options, { ttl: check.optionalInterval });
      const third = Math.ceil((options.ttl ?? 60_000) / 3);
      const ms = third > 0 ? Math.min(timeout, third) : timeout;
      return inPages(Object.entries(check.fences(fences)), (page) =>
        callSet('bot_session_renew', { fences: Object.fromEntries(page), ttl }, ms),
      );
    },

    /**
     * Gives leases back: others may claim the sessions, which stay active, at once.
     * @param {Record<string, number>} fences by session_id
     * @returns {Promise<BotSessionLease[]>} those that were still held
     */
    async release(fences) {
      return inPages(Object.entries(check.fences(fences)), (page) =>
        callSet('bot_session_release', { fences: Object.fromEntries(page) }),
      );
    },

    /**
     * @param {string} session_id
     * @returns {Promise<boolean>} whether there was one
     */
    async delete(session_id) {
      const rows = await answered(transport.remove('bot_sessions', ofSession(check.sessionId(session_id)), timeout));
      return rows.length > 0;
    },

    /**
     * All sessions, or those of one status, by session_id.
     * @param {{ status?: 'active'|'inactive' }} [filter]
     * @returns {Promise<BotSession[]>}
     */
    async list(filter = {}) {
      const { status } = check.options(filter, { status: check.filter });
      return allRows((query) => transport.read('bot_sessions', query, timeout), 'session_id', {
        where: status === undefined ? [] : [['status', 'eq', status]],
      });
    },

    /**
     * What state the sessions are in, without messages and QR codes, by session_id; those that have not ended where
     * `status` is 'active'.
     * @param {{ staleAfter?: number, status?: 'active' }} [options] ms of silence after which a session is stale
     * @returns {Promise<BotSessionState[]>}
     */
    async overview(options = {}) {
      const checks = { staleAfter: check.optionalInterval, status: check.filter };
      const { staleAfter: stale_after, status } = check.options(options, checks);
      if (status !== undefined && status !== 'active') throw new TypeError("status must be 'active', or left out");
      return allRows((query) => transport.call('bot_session_overview', { stale_after }, query, timeout), 'session_id', {
        where: status === 'active' ? [['state', 'neq', 'ended']] : [],
      });
    },

    /**
     * The audit trail of one session, or of all, in the order in which it happened; of the newest events `limit`.
     * @param {string|null} [session_id]
     * @param {{ limit?: number }} [options]
     * @returns {Promise<BotSessionEvent[]>}
     */
    async history(session_id, options = {}) {
      const { limit } = check.options(options, { limit: check.optionalCount });
      const id = check.optionalString(session_id, 'session_id');
      const newestFirst = await allRows((query) => transport.read('bot_session_events', query, timeout), 'event_id', {
        where: id === undefined ? [] : [['session_id', 'eq', id]],
        descending: true,
        limit,
      });
      return newestFirst.reverse();
    },

    /**
     * Writes what a bot logs in with, all of it or nothing. Without a fence only while no lease is live: `conflict`.
     * @param {string} session_id
     * @param {BotSessionDataChanges} data
     * @param {{ fence?: number|null }} [options]
     * @returns {Promise<number>} how many rows that changed
     */
    async save(session_id, data, options = {}) {
      const { fence } = check.options(options, { fence: check.optionalFence });
      return call('bot_session_save', { session_id: check.sessionId(session_id), data: check.dataChanges(data), fence });
    },

    /**
     * `save` for many at once. Nothing throws for a single session that is unknown or another worker's: its answer
     * is `refused`.
     * @param {BotSessionSave[]} saves
     * @returns {Promise<BotSessionSaved[]>} one answer per element, in the same order
     */
    async saveMany(saves) {
      const checks = { session_id: check.string, data: check.dataChanges, fence: check.optionalFence };
      const elements = check.elements(saves, 'saves', checks);
      return inPages(elements, (page) => call('bot_session_save_many', { saves: page }));
    },

    /**
     * @param {string} session_id
     * @param {BotSessionDataKeys|null} [keys] null for a kind: all of it; none: everything
     * @param {{ fence?: number|null }} [options]
     * @returns {Promise<BotSessionData>} what there is; objects without a prototype
     */
    async load(session_id, keys, options = {}) {
      const { fence } = check.options(options, { fence: check.optionalFence });
      return loadData({ session_id: check.sessionId(session_id), keys: check.dataKeys(keys), fence });
    },

    /**
     * Deletes what its bot logs in with.
     * @param {string} session_id
     * @param {{ fence?: number|null, reason?: string|null }} [options]
     * @returns {Promise<number>} how many rows
     */
    async forget(session_id, options = {}) {
      const checks = { fence: check.optionalFence, reason: check.optionalString };
      return call('bot_session_forget', { session_id: check.sessionId(session_id), ...check.options(options, checks) });
    },

    /**
     * Seals anew what the first key of `sealKey` did not seal for this session: once a key is rotated, sealing is
     * switched on, or the session, `from` before, has another name. Without a fence only while no lease is live. A value
     * that is written meanwhile is not lost. After an error or an interruption it may be run again.
     * @param {string} session_id
     * @param {{ sealKey: import('./seal.js').SealKey, fence?: number|null, from?: string|null }} options
     * @returns {Promise<number>} how many values
     */
    async reseal(session_id, options) {
      const checks = { sealKey: createSealer, fence: check.optionalFence, from: check.optionalString };
      const { sealKey: sealer, fence, from } = check.options(options, checks);
      if (options.sealKey === undefined) throw new TypeError('sealKey is missing');
      const id = check.sessionId(session_id);
      const read = (/** @type {import('./transports/transport.js').Query} */ query) =>
        transport.read('bot_session_data', ofSession(id, query), timeout);
      return reseal(id, sealer, from, {
        read: (query) => answered(read(query)),
        readAll: (column, query) => allRows(read, column, query),
        load: (keys) => loadData({ session_id: id, keys, fence }),
        replace: (query, value) =>
          answered(transport.update('bot_session_data', ofSession(id, query), { value, updated_at: 'now' }, timeout)),
      });
    },

    /**
     * The edition and the version of the functions in the database.
     * @returns {Promise<{ edition: string, version: string }>}
     */
    async version() {
      return answered(installed());
    },
  });
  const { load, forget, saveMany } = operations;
  const access = { load, forget, saves: new SharedRequests(saveMany, { parallel: true }) };

  return {
    ...operations,

    /**
     * What one bot logs in with, for the adapters: with a queue for what is saved, and, under a fence, a cache.
     * @param {string} session_id
     * @param {import('./store.js').StoreOptions} [options]
     * @returns {import('./store.js').BotSessionStore}
     */
    store(session_id, options = {}) {
      check.onlyWith(options, storeOptionNames, 'the options');
      const store = atOnce('store', () => new Store(session_id, options, access));
      const methods = {
        save: store.save.bind(store), load: store.load.bind(store), forget: store.forget.bind(store), flush: store.flush.bind(store),
      };
      return { session_id, ...named(methods) };
    },
  };
}

/**
 * @template Result
 * @param {string} operation
 * @param {() => Result} task
 */
function atOnce(operation, task) {
  try {
    return task();
  } catch (error) {
    throw error instanceof Failure ? new BotSessionsError(operation, error.facts) : error;
  }
}

const runMigration =
  'Run the migration create_bot_sessions.sql of the version of this package, in the schema that the repository is for.';

/** @param {RepositoryOptions} options */
function chooseTransport({ url, key, supabase, pool, schema = 'public' }) {
  if (typeof schema !== 'string' || schema === '') throw new TypeError('schema must be the name of a schema');
  const ways = [url, supabase, pool].filter((way) => way !== undefined && way !== null);
  if (ways.length !== 1) throw new TypeError('createRepository takes one of { url, key }, { supabase } and { pool }');
  if (pool) return nodePostgres({ pool, schema });
  if (supabase) return supabaseClient({ supabase, schema });
  return postgrest({ url: /** @type {string} */ (url), key: /** @type {string} */ (key), schema });
}

const changeChecks = { last_message: check.storable, qr_data: check.storable, fence: check.optionalFence };

/**
 * @param {string} session_id
 * @param {import('./transports/transport.js').Query} [query]
 * @returns {import('./transports/transport.js').Query}
 */
const ofSession = (session_id, { where = [], ...query } = {}) => ({ ...query, where: [['session_id', 'eq', session_id], ...where] });

/**
 * A request that is too large for something on the way is asked in halves.
 * @template Item
 * @param {Item[]} page
 * @param {(page: Item[]) => Promise<any[]>} ask
 * @returns {Promise<any[]>}
 */
async function halving(page, ask) {
  try {
    return await ask(page);
  } catch (error) {
    if (!(error instanceof Failure) || error.facts.status !== 413 || page.length < 2) throw error;
    const half = Math.ceil(page.length / 2);
    return [...(await halving(page.slice(0, half), ask)), ...(await halving(page.slice(half), ask))];
  }
}
