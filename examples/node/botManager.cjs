'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

/**
 * What a bot tells its manager. All return at once; what they report is written in the background, in order.
 * @typedef {object} BotReport
 * @property {(qr_data: string) => void} qr a QR code was generated
 * @property {() => void} ready it was scanned: the QR code is removed
 * @property {(last_message: string) => void} message a message was received or sent
 * @property {(reason?: string) => void} ended the bot is gone for good (logged out, banned)
 */

/**
 * @callback StartBot
 * Connects a bot. Resolves as soon as the bot can be stopped, without waiting for somebody to scan a QR code.
 * @param {import('./botSessionsRepository.cjs').BotSession} session as persisted: `previous_status` is null for a
 *   new one, 'active' for one that the last run never ended
 * @param {BotReport} report
 * @returns {Promise<{ stop: () => unknown }>}
 */

/**
 * Runs bots, one per session, and keeps their rows in bot_sessions up to date.
 *
 * @param {object} options
 * @param {ReturnType<import('./botSessionsRepository.cjs').createBotSessionsRepository>} options.repository
 * @param {StartBot} options.startBot
 * @param {(error: Error, session_id?: string) => void} [options.onError] gets every error that has no caller: failed
 *   writes in the background, bots that failed to stop or to be restored, sessions that somebody else ended
 * @param {number} [options.retryDelay] ms until a write is tried again after the database could not be reached
 * @param {number} [options.heartbeatInterval] ms; keeps silent bots from looking dead, and notices sessions that
 *   were ended elsewhere; 0 turns it off
 * @param {number} [options.restoreConcurrency] how many bots connect at once while restoring
 */
function createBotManager({
  repository,
  startBot,
  onError = (error, session_id) => console.error(`bot ${session_id ?? 'manager'}:`, error),
  retryDelay = 1000,
  heartbeatInterval = 30_000,
  restoreConcurrency = 10,
}) {
  /**
   * The bots of this process by session_id: { session_id, started, bot, pending, writing, ending, abort }.
   * An entry stays until its bot has stopped, so that one session never has two bots here.
   */
  const sessions = new Map();
  let shutDown = false;

  async function start(session_id, restoring) {
    const running = sessions.get(session_id);
    if (running?.ending) {
      await running.ending.catch(() => {}); // who ended it gets the error
      return start(session_id, restoring);
    }
    if (running) return running.started;
    if (shutDown) throw new Error('the bot manager was shut down');

    const session = { session_id, abort: new AbortController() };
    sessions.set(session_id, session);
    session.started = launch(session, restoring);
    return session.started;
  }

  async function launch(session, restoring) {
    const { session_id } = session;
    let row;
    try {
      row = await repository.create(session);
      if (restoring && row.previous_status !== 'active') throw new Error('the session was ended before it was restored');
      session.bot = await startBot(row, {
        qr: (qr_data) => record(session, { qr_data }),
        ready: () => record(session, { qr_data: '' }),
        message: (last_message) => record(session, { last_message }),
        ended: (reason) => void finish(session, reason).catch((error) => onError(error, session_id)),
      });
      return row;
    } catch (error) {
      // What never ran is ended again. What the last run left active stays so: the next boot tries it once more.
      session.abort.abort();
      await session.writing;
      if (row && row.previous_status !== 'active') {
        await repository.end(session_id, 'failed to start').catch((endError) => onError(endError, session_id));
      }
      sessions.delete(session_id);
      throw error;
    }
  }

  /** Events may come faster than writes return: one write at a time, and the newest value of each column wins. */
  function record(session, changes) {
    if (session.abort.signal.aborted) return; // a late event of a bot that was stopped
    session.pending = { ...session.pending, ...changes };
    if (!session.writing) session.writing = write(session);
  }

  async function write(session) {
    const { session_id, abort } = session;
    while (session.pending) {
      const changes = session.pending;
      session.pending = null;
      try {
        const row = await repository.update(session_id, changes);
        if (row.status !== 'active') lose(session, new Error('the session was ended elsewhere'));
      } catch (error) {
        if (error.notFound || error.conflict) {
          lose(session, error);
          continue;
        }
        onError(error, session_id);
        if (!error.transient || abort.signal.aborted) continue;
        session.pending = { ...changes, ...session.pending };
        await sleep(retryDelay, null, { signal: abort.signal }).catch(() => {}); // stopped meanwhile: a last try at once
      }
    }
    session.writing = null;
  }

  /** Somebody else ended or deleted the session: its bot must not go on here. */
  function lose(session, error) {
    if (session.ending) return;
    session.abort.abort();
    session.pending = null;
    onError(error, session.session_id);
    finish(session, null, true).catch((stopError) => onError(stopError, session.session_id));
  }

  /** Stops the bot, lets the last write finish, and ends the session unless it is `lost` anyway. */
  function finish(session, reason, lost = false) {
    session.ending ??= (async () => {
      const { session_id } = session;
      const started = await session.started.then(() => true, () => false);
      if (!started) return; // launch() has cleaned up and told its caller
      try {
        await session.bot.stop();
      } catch (error) {
        onError(error, session_id); // the session is ended all the same
      }
      session.abort.abort();
      await session.writing;
      try {
        if (!lost) await repository.end(session_id, reason);
      } finally {
        sessions.delete(session_id);
      }
    })();
    return session.ending;
  }

  async function heartbeat() {
    const running = [...sessions.values()].filter((session) => session.bot && !session.ending);
    const rows = await repository.updateMany(running.map(({ session_id }) => ({ session_id })));
    rows.forEach(({ status }, i) => {
      if (status !== 'active') lose(running[i], new Error('the session was ended elsewhere'));
    });
  }

  let beating = false;
  const timer = heartbeatInterval
    ? setInterval(() => {
        if (beating) return;
        beating = true;
        heartbeat()
          .catch((error) => onError(error))
          .finally(() => (beating = false));
      }, heartbeatInterval).unref()
    : null;

  return {
    /**
     * Starts the bot of a new, an ended or an abandoned session. One that runs here already is not started twice.
     * @param {{ session_id: string }} session
     * @returns {Promise<import('./botSessionsRepository.cjs').BotSession>} the session as it was taken up
     */
    startSession({ session_id }) {
      return start(session_id, false);
    },

    /**
     * Stops the bot and ends its session; also ends a session that has no bot in this process.
     * @param {{ session_id: string, reason?: string }} session
     */
    async endSession({ session_id, reason }) {
      const session = sessions.get(session_id);
      if (session) await finish(session, reason);
      else await repository.end(session_id, reason);
    },

    /**
     * Starts the bots of all active sessions: call it on boot. Rejects where the sessions cannot be listed; a bot
     * that fails to start is reported and does not keep the others from starting.
     * @returns {Promise<{ restored: string[], failed: { session_id: string, error: Error }[] }>}
     */
    async restoreSessions() {
      const rows = (await repository.list({ status: 'active' })).values(); // one iterator, shared by all workers
      const restored = [];
      const failed = [];
      const worker = async () => {
        for (const { session_id } of rows) {
          try {
            await start(session_id, true);
            restored.push(session_id);
          } catch (error) {
            failed.push({ session_id, error });
            onError(error, session_id);
          }
        }
      };
      await Promise.all(Array.from({ length: restoreConcurrency }, worker));
      return { restored, failed };
    },

    /** @returns {string[]} the sessions that have a bot in this process */
    running() {
      return [...sessions.keys()];
    },

    /** Stops all bots and ends their sessions. Rejects with all the errors, after everything was tried. */
    async shutdown(reason = 'shutdown') {
      shutDown = true;
      clearInterval(timer);
      const results = await Promise.allSettled([...sessions.values()].map((session) => finish(session, reason)));
      const errors = results.filter(({ status }) => status === 'rejected').map((result) => result.reason);
      if (errors.length > 0) throw new AggregateError(errors, `${errors.length} sessions were not ended cleanly`);
    },
  };
}

module.exports = { createBotManager };
