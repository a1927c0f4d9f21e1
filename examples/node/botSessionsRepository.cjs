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

  /** The session is not in the state that the change needs: a QR code for one that was ended. */
  get conflict() {
    return this.code === 'PT409';
  }

  /** The database was not reached, or was in trouble: the same call may succeed later. */
  get transient() {
    return !this.code || !this.status || this.status === 429 || this.status >= 500;
  }
}

/**
 * @param {import('@supabase/supabase-js').SupabaseClient} supabase a client with the service_role key
 * @param {object} [options]
 * @param {number} [options.pageSize] rows per request; no more than PostgREST returns at once (db-max-rows)
 */
function createBotSessionsRepository(supabase, { pageSize = 500 } = {}) {
  async function ask(operation, query) {
    const { data, error, status } = await query;
    if (error) throw new BotSessionsError(operation, { ...error, status });
    // The client library turns a 404 without a body, which a gateway may send, into a success without data.
    if (data === null) throw new BotSessionsError(operation, { message: 'the answer was empty', status });
    return data;
  }

  return {
    /**
     * Creates the session, or takes up the persisted one: active in either case.
     * @param {{ session_id: string }} session
     * @returns {Promise<BotSession>}
     */
    create({ session_id }) {
      return ask('create', supabase.rpc('bot_session_start', { session_id }));
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
     * @param {string} session_id
     * @param {{ last_message?: string, qr_data?: string }} [changes]
     * @returns {Promise<BotSession>}
     */
    update(session_id, changes) {
      return ask('update', supabase.rpc('bot_session_touch', { session_id, ...changes }));
    },

    /**
     * `update` for many at once. Nothing throws for a single session: its answer has status null where there
     * is no such session, and 'inactive' where it was ended.
     * @param {{ session_id: string, last_message?: string, qr_data?: string }[]} sessions
     * @returns {Promise<BotSession[]>} one answer per element, in the same order
     */
    async updateMany(sessions) {
      const answers = [];
      for (let i = 0; i < sessions.length; i += pageSize) {
        const page = sessions.slice(i, i + pageSize);
        const rows = await ask('updateMany', supabase.rpc('bot_session_touch_many', { sessions: page }));
        if (rows.length !== page.length) {
          throw new BotSessionsError('updateMany', {
            code: 'pageSize',
            status: 200,
            message: `${page.length} sessions were sent, ${rows.length} answered: pageSize is above db-max-rows`,
          });
        }
        answers.push(...rows);
      }
      return answers;
    },

    /**
     * Makes the session inactive. Ending it twice is no error.
     * @param {string} session_id
     * @param {string} [reason] kept in the audit trail
     * @returns {Promise<BotSession>}
     */
    end(session_id, reason) {
      return ask('end', supabase.rpc('bot_session_end', { session_id, reason }));
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
