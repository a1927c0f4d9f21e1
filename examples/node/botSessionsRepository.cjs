'use strict';

/**
 * @typedef {object} BotSession a row of bot_sessions; columns that you added are in it where it was read
 * @property {string} session_id
 * @property {string} created_at
 * @property {string|null} last_message
 * @property {'active'|'inactive'} status
 * @property {string|null} qr_data a credential: do not log it
 * @property {string} updated_at
 * @property {'active'|'inactive'|null} [previous_status] in the answer of create, update and end: the status
 *   before the call, null where the call created the session
 * @property {number|null} [fence] in the same answers: that of the lease, null where none is involved
 */

/**
 * @typedef {object} BotSessionLease says which worker may run the session, and until when
 * @property {string} session_id
 * @property {string} worker
 * @property {number} fence to be passed with every write
 * @property {string} expires_at by the database's clock
 */

/** Every failure of the repository. A session that does not exist is one of them only where `notFound` says so. */
class BotSessionsError extends Error {
  constructor(operation, { message, code, status, details, hint }) {
    super(`${operation}: ${message}`);
    this.name = 'BotSessionsError';
    /** SQLSTATE, or PostgREST's own code; empty where the answer, if any, was not PostgREST's. */
    this.code = code ?? '';
    this.status = status;
    this.details = details ?? null;
    this.hint = hint ?? null;
  }

  /** There is no such session. (A missing table or function, or a wrong URL, is a 404 too, but not this.) */
  get notFound() {
    return this.code === 'PT404';
  }

  /** The session was ended, or is another worker's: a QR code for an inactive one, a stale fence, a live lease. */
  get conflict() {
    return this.code === 'PT409';
  }

  /** The database was not reached, or was in trouble, or is a standby yet: the same call may succeed later. */
  get transient() {
    const readOnly = ['0A000', '25006'].includes(this.code); // 0A000: what a standby says to BEGIN READ WRITE
    return readOnly || !this.code || !this.status || this.status === 429 || this.status >= 500;
  }
}

/**
 * @param {import('@supabase/supabase-js').SupabaseClient} supabase a client with the service_role key
 * @param {object} [options]
 * @param {number} [options.pageSize] rows per request; no more than PostgREST returns at once (db-max-rows)
 * @param {number} [options.timeout] ms after which a request without an answer has failed
 */
function createBotSessionsRepository(supabase, { pageSize = 500, timeout = 10_000 } = {}) {
  const interval = (ms) => ms && `${ms} milliseconds`;

  async function ask(operation, query, ms = timeout) {
    const { data, error, status, count } = await query.abortSignal(AbortSignal.timeout(ms));
    if (error) throw new BotSessionsError(operation, { ...error, status });
    // The client library turns a 404 without a body, which a gateway may send, into a success without data.
    if (data === null) throw new BotSessionsError(operation, { message: 'the answer was empty', status });
    if (count !== null && count !== data.length) {
      const message = `of ${count} rows ${data.length} were returned: pageSize is above db-max-rows`;
      throw new BotSessionsError(operation, { code: 'pageSize', status, message });
    }
    return data;
  }

  /** Calls a function that returns a set. PostgREST cuts that at db-max-rows without a word; the count tells. */
  const callSet = (name, args) => supabase.rpc(name, args, { count: 'exact' });

  async function inPages(items, askPage) {
    const rows = [];
    for (let i = 0; i < items.length; i += pageSize) rows.push(...(await askPage(items.slice(i, i + pageSize))));
    return rows;
  }

  return {
    /**
     * Creates the session, or takes up the persisted one: active in either case. With a worker it takes the lease
     * too, for `ttl` ms; `conflict` where another worker holds that.
     * @param {{ session_id: string, worker?: string, ttl?: number }} session
     * @returns {Promise<BotSession>}
     */
    create({ session_id, worker, ttl }) {
      return ask('create', supabase.rpc('bot_session_start', { session_id, worker, ttl: interval(ttl) }));
    },

    /**
     * @param {string} session_id
     * @returns {Promise<BotSession|null>} null where there is none
     */
    async read(session_id) {
      const [session = null] = await ask('read', supabase.from('bot_sessions').select().eq('session_id', session_id));
      return session;
    },

    /**
     * Records what is given and keeps the rest; `qr_data: ''` removes the QR code. Never revives an ended session.
     * With a fence that is not the live lease's nothing is written: `conflict`.
     * @param {string} session_id
     * @param {{ last_message?: string, qr_data?: string, fence?: number }} [changes]
     * @returns {Promise<BotSession>}
     */
    update(session_id, changes) {
      return ask('update', supabase.rpc('bot_session_touch', { session_id, ...changes }));
    },

    /**
     * `update` for many at once. Nothing throws for a single session: its answer has status null where there
     * is no such session, 'inactive' where it was ended, and fence null where the fence was stale.
     * @param {{ session_id: string, last_message?: string, qr_data?: string, fence?: number }[]} sessions
     * @returns {Promise<BotSession[]>} one answer per element, in the same order
     */
    updateMany(sessions) {
      return inPages(sessions, (page) => ask('updateMany', callSet('bot_session_touch_many', { sessions: page })));
    },

    /**
     * Makes the session inactive. Ending it twice is no error.
     * @param {string} session_id
     * @param {string} [reason] kept in the audit trail
     * @param {number} [fence] as in `update`
     * @returns {Promise<BotSession>}
     */
    end(session_id, reason, fence) {
      return ask('end', supabase.rpc('bot_session_end', { session_id, reason, fence }));
    },

    /**
     * Takes over active sessions whose lease ran out or was released, the longest abandoned first.
     * @param {string} worker
     * @param {{ max_sessions: number, ttl: number }} options
     * @returns {Promise<BotSessionLease[]>}
     */
    claim(worker, { max_sessions, ttl }) {
      max_sessions = Math.min(max_sessions, pageSize);
      return ask('claim', callSet('bot_session_claim', { worker, max_sessions, ttl: interval(ttl) }));
    },

    /**
     * Prolongs leases, for `ttl` ms from now. A renewal that hangs is given up in time for another.
     * @param {Record<string, number>} fences by session_id
     * @param {number} ttl
     * @returns {Promise<BotSessionLease[]>} those that are still held: the others are lost
     */
    renew(fences, ttl) {
      return inPages(Object.entries(fences), (page) => {
        const call = callSet('bot_session_renew', { fences: Object.fromEntries(page), ttl: interval(ttl) });
        return ask('renew', call, Math.min(timeout, Math.ceil(ttl / 3)));
      });
    },

    /**
     * Gives leases back: others may claim the sessions, which stay active, at once.
     * @param {Record<string, number>} fences by session_id
     * @returns {Promise<BotSessionLease[]>} those that were still held
     */
    release(fences) {
      return inPages(Object.entries(fences), (page) =>
        ask('release', callSet('bot_session_release', { fences: Object.fromEntries(page) })),
      );
    },

    /**
     * @param {string} session_id
     * @returns {Promise<boolean>} whether there was one
     */
    async delete(session_id) {
      const rows = await ask(
        'delete',
        supabase.from('bot_sessions').delete().eq('session_id', session_id).select('session_id'),
      );
      return rows.length > 0;
    },

    /**
     * All sessions, or those of one status, by session_id. Asks page by page until one comes back empty: a short
     * page may only mean that PostgREST returns fewer rows at once than were asked for.
     * @param {{ status?: 'active'|'inactive' }} [filter]
     * @returns {Promise<BotSession[]>}
     */
    async list({ status } = {}) {
      const sessions = [];
      for (;;) {
        let query = supabase.from('bot_sessions').select().order('session_id').limit(pageSize);
        if (status) query = query.eq('status', status);
        if (sessions.length > 0) query = query.gt('session_id', sessions.at(-1).session_id);
        const page = await ask('list', query);
        if (page.length === 0) return sessions;
        sessions.push(...page);
      }
    },
  };
}

module.exports = { createBotSessionsRepository, BotSessionsError };
