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
 * Runs bots, one per session, and keeps their rows in bot_sessions up to date. With a worker name it shares the bots
 * with other processes: it runs them under leases, and claims those that others left behind.
 *
 * @param {object} options
 * @param {ReturnType<import('./botSessionsRepository.cjs').createBotSessionsRepository>} options.repository
 * @param {StartBot} options.startBot
 * @param {(error: Error, session_id?: string) => void} [options.onError] gets every error that has no caller: failed
 *   writes in the background, bots that failed to stop or to be restored, sessions that somebody else ended
 * @param {number} [options.retryDelay] ms until a write is tried again after the database could not be reached
 * @param {number} [options.heartbeatInterval] ms; keeps silent bots from looking dead, and notices sessions that
 *   were ended elsewhere; 0 turns it off. Each is a write for each bot, so not too often: the default is just below
 *   the five minutes after which bot_session_overview calls a bot stale. (A lost lease is noticed by its renewal.)
 * @param {number} [options.botTimeout] ms that `startBot` and `stop` may take: a bot that hangs for longer has failed
 * @param {number} [options.restoreConcurrency] how many bots connect at once while restoring
 * @param {string} [options.worker] name of this process, which no other and no earlier one has
 * @param {number} [options.ttl] ms that a lease lasts without renewal; it is renewed every third of that
 * @param {number} [options.claimInterval] ms between two looks for sessions that nobody runs
 * @param {number} [options.maxSessions] with so many bots this process claims no more
 */
function createBotManager({
  repository,
  startBot,
  onError = (error, session_id) => console.error(`bot ${session_id ?? 'manager'}:`, error),
  retryDelay = 1000,
  heartbeatInterval = 240_000,
  botTimeout = 30_000,
  restoreConcurrency = 10,
  worker,
  ttl = 60_000,
  claimInterval = 5000,
  maxSessions = Infinity,
}) {
  /**
   * The bots of this process by session_id: { session_id, started, bot, pending, writing, ending, abort }, with a
   * worker also { fence, deadline, lost }. An entry stays until its bot has stopped, so that one session never has
   * two bots here.
   */
  const sessions = new Map();
  const connecting = new Set(); // promises of { session_id, error }, of no more than `restoreConcurrency` bots
  let underway = null; // the claim or the list that they come from
  let shutDown = false;

  /** `restoring` an active session, or one that was claimed: then with its `lease`. */
  async function start(session_id, { restoring = false, lease } = {}) {
    const running = sessions.get(session_id);
    if (running && lease) lose(running, new Error('the lease ran out, and was claimed again'));
    if (running?.ending) {
      await running.ending.catch(() => {}); // who ended it gets the error
      return start(session_id, { restoring, lease });
    }
    if (running) return running.started;
    if (shutDown) {
      if (lease) await repository.release({ [session_id]: lease.fence });
      throw new Error('the bot manager was shut down');
    }

    const session = { session_id, pending: new Map(), abort: new AbortController() };
    sessions.set(session_id, session);
    session.started = launch(session, restoring, lease);
    return session.started;
  }

  async function launch(session, restoring, lease) {
    const { session_id } = session;
    let row;
    try {
      const sent = lease?.sent ?? performance.now();
      row = lease
        ? await repository.update(session_id, { fence: lease.fence })
        : await repository.create({ session_id, ...(worker && { worker, ttl }) });
      if (worker) {
        session.fence = row.fence;
        hold(session, sent);
        if (session.lost) throw new Error('the lease ran out before the bot was started');
      }
      if (restoring && row.previous_status !== 'active') throw new Error('the session was ended before it was restored');
      const starting = startBot(row, {
        qr: (qr_data) => record(session, 'qr_data', qr_data),
        ready: () => record(session, 'qr_data', ''),
        message: (last_message) => record(session, 'last_message', last_message),
        ended: (reason) => void finish(session, () => end(session, reason)).catch((error) => onError(error, session_id)),
      });
      session.bot = await inTime(starting, `${session_id} did not start`).catch((error) => {
        // Should it come up later, it is stopped.
        starting.then((bot) => bot.stop()).catch((late) => late !== error && onError(late, session_id));
        throw error;
      });
      return row;
    } catch (error) {
      // What never ran is ended again. What the last run left active stays so: the next boot tries it once more, and
      // of several workers whoever claims it when this lease has run out.
      session.abort.abort();
      await session.writing;
      if (row && row.previous_status !== 'active' && !session.lost) {
        await end(session, 'failed to start').catch((endError) => onError(endError, session_id));
      }
      if (!session.ending) sessions.delete(session_id);
      throw error;
    }
  }

  /** What a bot does, or an error where that takes too long. */
  async function inTime(task, failure) {
    const timer = new AbortController();
    const late = sleep(botTimeout, null, { signal: timer.signal }).then(() => {
      throw new Error(`${failure} in ${botTimeout} ms`);
    });
    return Promise.race([task, late]).finally(() => timer.abort());
  }

  /** Events may come faster than writes return: one write at a time, and the newest value of each column wins. */
  function record(session, column, value) {
    if (session.abort.signal.aborted) return; // a late event of a bot that was stopped
    session.pending.set(column, value);
    session.writing ??= write(session);
  }

  /** Each column by itself: a value that the database refuses takes no other with it. */
  async function write(session) {
    const { session_id, pending, abort } = session;
    for (const [column, value] of pending) { // with what comes in meanwhile
      pending.delete(column);
      const last = abort.signal.aborted;
      try {
        const row = await repository.update(session_id, { [column]: value, fence: session.fence });
        if (row.status !== 'active') lose(session, new Error('the session was ended elsewhere'));
      } catch (error) {
        if (error.notFound || error.conflict) {
          lose(session, error);
          continue;
        }
        onError(error, session_id);
        if (!error.transient || last) continue;
        if (!pending.has(column)) pending.set(column, value);
        await sleep(retryDelay, null, { signal: abort.signal }).catch(() => {}); // stopped meanwhile: a last try at once
      }
    }
    session.writing = null;
  }

  /** Somebody else ended, deleted or took over the session: its bot must not go on here. */
  function lose(session, error) {
    if (session.ending || session.abort.signal.aborted) return;
    session.lost = true;
    session.abort.abort();
    session.pending.clear();
    onError(error, session.session_id);
    finish(session).catch((stopError) => onError(stopError, session.session_id));
  }

  /**
   * The bot may run for a `ttl` that began when the database gave the lease: after the request was SENT, and before
   * its answer is read here, which may be much later: a slow network, a process that was stopped. So count from the
   * sending, by the clock that nobody sets. Whether the database then cannot be reached, or this process sleeps: the
   * bot stops before another worker starts it, and for the stopping a tenth of the ttl is set aside.
   */
  function hold(session, sent) {
    const left = sent + 0.9 * ttl - performance.now();
    const ranOut = () => lose(session, new Error('the lease was not renewed in time'));
    clearTimeout(session.deadline);
    if (left > 0) session.deadline = setTimeout(ranOut, left).unref();
    else ranOut();
  }

  /** Prolongs all leases in one call, also of bots that are still stopping; on failure tries again while it has any. */
  async function renew() {
    const held = [...sessions.values()].filter(({ fence, lost }) => fence && !lost);
    if (held.length === 0) return;
    const fences = Object.fromEntries(held.map(({ session_id, fence }) => [session_id, fence]));
    const sent = performance.now();
    try {
      const leases = await repository.renew(fences, ttl);
      const kept = new Set(leases.map(({ session_id }) => session_id));
      for (const session of held) {
        if (kept.has(session.session_id)) hold(session, sent);
        else lose(session, new Error('the lease was lost'));
      }
    } catch (error) {
      onError(error);
      await sleep(retryDelay);
      await renew();
    }
  }

  const end = ({ session_id, fence }, reason) => repository.end(session_id, reason, fence);

  /** Stops the bot, lets the last write finish, and then does what is `left` to do: to end or to release the session. */
  function finish(session, left = () => {}) {
    session.ending ??= (async () => {
      const { session_id } = session;
      const started = await session.started.then(() => true, () => false); // if not, its caller knows
      try {
        if (started) await inTime(session.bot.stop(), `${session_id} did not stop`);
      } catch (error) {
        onError(error, session_id); // the session is ended all the same
      }
      session.abort.abort();
      await session.writing;
      try {
        await left();
      } finally {
        sessions.delete(session_id);
      }
    })();
    return session.ending;
  }

  /** Without a fence: whoever runs the session. */
  async function endSession({ session_id, reason }) {
    const session = sessions.get(session_id);
    if (session?.ending) {
      await session.ending.catch(() => {}); // it may be released only, or lost
      return endSession({ session_id, reason });
    }
    const left = () => repository.end(session_id, reason);
    await (session ? finish(session, left) : left());
  }

  async function heartbeat() {
    const running = [...sessions.values()].filter((session) => session.bot && !session.ending);
    const rows = await repository.updateMany(running.map(({ session_id, fence }) => ({ session_id, fence })));
    rows.forEach(({ status, fence }, i) => {
      if (status !== 'active') lose(running[i], new Error('the session was ended elsewhere'));
      else if (worker && fence !== running[i].fence) lose(running[i], new Error('the lease was lost'));
    });
  }

  /** Does `task` every `ms`, never twice at once. */
  function every(ms, task) {
    let busy = false;
    return setInterval(() => {
      if (busy) return;
      busy = true;
      task()
        .catch((error) => onError(error))
        .finally(() => (busy = false));
    }, ms);
  }

  /** Starts a bot again, without leases until the database answers; one that was claimed may be claimed once more. */
  function restore(session_id, how) {
    const result = (async () => {
      for (;;) {
        try {
          await start(session_id, how);
          return { session_id };
        } catch (error) {
          onError(error, session_id);
          if (worker || !error.transient) return { session_id, error };
          await sleep(retryDelay);
        }
      }
    })().finally(() => connecting.delete(result));
    connecting.add(result);
    return result;
  }

  /** Waits until one more bot may connect. */
  async function turn() {
    if (connecting.size >= restoreConcurrency) await Promise.race(connecting);
  }

  /** Takes over what nobody runs, at a time only what can connect at once: so all workers get their share. */
  async function claim() {
    const results = [];
    for (;;) {
      await turn();
      const max_sessions = Math.min(restoreConcurrency - connecting.size, maxSessions - sessions.size);
      if (max_sessions <= 0 || shutDown) return results;
      const sent = performance.now();
      const leases = await repository.claim(worker, { max_sessions, ttl });
      for (const { session_id, fence } of leases) results.push(restore(session_id, { lease: { fence, sent } }));
      if (leases.length < max_sessions) return results;
    }
  }

  async function takeUp() {
    const results = [];
    for (const { session_id } of await repository.list({ status: 'active' })) {
      await turn();
      results.push(restore(session_id, { restoring: true }));
    }
    return results;
  }

  /** Does not wait for the last bots to connect: one that hangs must not keep others from being claimed. */
  const restoreAll = () => (underway ??= (worker ? claim() : takeUp()).finally(() => (underway = null)));

  const timers = [
    heartbeatInterval && every(heartbeatInterval, heartbeat),
    worker && every(claimInterval, restoreAll),
  ];
  const renewals = worker && every(ttl / 3, renew);

  return {
    /**
     * Starts the bot of a new, an ended or an abandoned session. One that runs here already is not started twice;
     * one that another worker runs is a `conflict`.
     * @param {{ session_id: string }} session
     * @returns {Promise<import('./botSessionsRepository.cjs').BotSession>} the session as it was taken up
     */
    startSession({ session_id }) {
      return start(session_id);
    },

    /**
     * Stops the bot and ends its session; also ends a session that has no bot in this process, whoever runs it.
     * @param {{ session_id: string, reason?: string }} session
     */
    endSession,

    /**
     * Call it on boot: starts the bots of all active sessions; a worker's, of those that nobody runs, and from then
     * on by itself. Rejects where the database cannot tell which they are; a bot that fails to start is reported and
     * does not keep the others from starting.
     * @returns {Promise<{ restored: string[], failed: { session_id: string, error: Error }[] }>}
     */
    async restoreSessions() {
      const results = await Promise.all(await restoreAll());
      const failed = results.filter(({ error }) => error);
      const restored = results.filter(({ error }) => !error).map(({ session_id }) => session_id);
      return { restored, failed };
    },

    /** @returns {string[]} the sessions that have a bot in this process */
    running() {
      return [...sessions.keys()];
    },

    /**
     * Stops all bots and ends their sessions; a worker releases them instead, for others to claim. Rejects with all
     * the errors, after everything was tried.
     */
    async shutdown(reason = 'shutdown') {
      shutDown = true;
      for (const timer of timers) clearInterval(timer);
      const leave = (session) => () =>
        worker ? repository.release({ [session.session_id]: session.fence }) : end(session, reason);
      const finished = [...sessions.values()].map((session) => finish(session, leave(session)));
      const results = await Promise.allSettled(finished);
      await underway?.catch(() => {});
      await Promise.all(connecting); // what was just claimed has been released
      clearInterval(renewals);
      const errors = results.filter(({ status }) => status === 'rejected').map((result) => result.reason);
      if (errors.length > 0) throw new AggregateError(errors, `${errors.length} sessions were not ended cleanly`);
    },
  };
}

module.exports = { createBotManager };
