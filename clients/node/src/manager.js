import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Batcher } from './batcher.js';
import { Bot } from './bot.js';
import * as check from './checks.js';
import { Gate } from './gate.js';
import { createSealer } from './seal.js';
import { SharedRequests } from './shared-requests.js';
import { backOff, every, ignore, sleep } from './time.js';

/**
 * Times are in ms.
 * @typedef {object} BotManagerOptions
 * @property {import('./repository.js').BotSessionsRepository} repository
 * @property {import('./bot.js').StartBot} startBot
 * @property {string|false} [worker] name of this process, which no other and no earlier one has; by default it is made.
 *   false: without leases, then one process runs all bots
 * @property {number} [ttl] that a lease lasts without renewal; it is renewed every third of that
 * @property {number} [claimInterval] between two looks for sessions that nobody runs
 * @property {number} [maxSessions] with so many bots this process claims no more
 * @property {number} [restoreConcurrency] how many bots connect at once while restoring
 * @property {number} [heartbeatInterval] between two heartbeats of a silent bot; 0 turns them off
 * @property {number} [botTimeout] that `startBot` and `stop` may take: a bot that hangs for longer has failed
 * @property {number} [retryDelay] until what has failed is tried again; twice as long each time
 * @property {number} [maxFailures] so many starts in a row that fail end the session
 * @property {import('./seal.js').SealKey} [sealKey] seals what the bots log in with; without one it is stored as plain text
 * @property {number} [cacheBytes] of what a bot logs in with are kept in memory, per bot
 * @property {(error: unknown, session_id?: string) => unknown} [onError] gets every error that has no caller
 */

/**
 * @typedef {object} RestoredSessions
 * @property {string[]} restored
 * @property {{ session_id: string, error: unknown }[]} failed they are tried again, unless their error is final
 */

/** A place for restoring is given away after so long, or bots that hang would keep those that do not from starting. */
const patience = 5000;
const pageSize = 500;
const releaseTries = 3;

/** Runs bots, one per session, and keeps their rows in bot_sessions up to date. */
class BotManager {
  #releases;
  #prolongations;
  /** The options, and what the bots share. */
  #context;
  /**
   * The bots of this process by session_id. One stays until it has stopped, so that no session ever has two here.
   * @type {Map<string, Bot>}
   */
  #bots = new Map();
  /**
   * Starts of bots that are being restored.
   * @type {Set<Promise<unknown>>}
   */
  #restoring = new Set();
  /**
   * The look for sessions that is under way.
   * @type {Promise<Promise<Restored>[]>|null}
   */
  #looking = null;
  /**
   * The last claim.
   * @type {Promise<Lease[]>|null}
   */
  #claiming = null;
  /**
   * Why no more leases are released: the database does not answer, and they run out anyway.
   * @type {unknown}
   */
  #silence = null;
  /** Whether the active sessions that nobody ever leased have been taken up. */
  #adopted = false;
  /**
   * Functions that stop what is done every so often.
   * @type {(() => void)[]}
   */
  #timers = [];
  #stopRenewing = ignore;
  #begun = false;
  #claims = false;
  #closing = new AbortController();
  /** @type {Promise<void>|null} */
  #shutdown = null;

  /** @param {BotManagerOptions} options */
  constructor(options) {
    check.onlyWith(options, optionNames, 'the options');
    const {
      repository,
      startBot,
      worker = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
      ttl = 60_000,
      claimInterval = 5000,
      maxSessions = Infinity,
      restoreConcurrency = 10,
      heartbeatInterval = 240_000,
      botTimeout = 30_000,
      retryDelay = 1000,
      maxFailures = Infinity,
      sealKey,
      cacheBytes = 1_000_000,
      onError = (error, session_id) => console.error(`bot ${session_id ?? 'manager'}:`, error),
    } = options;
    if (typeof repository?.create !== 'function') throw new TypeError('repository must be one made by createRepository');
    if (typeof startBot !== 'function') throw new TypeError('startBot must be a function');
    if (worker !== false && (typeof worker !== 'string' || worker === '')) {
      throw new TypeError('worker must be a name that no other process has, or false');
    }
    for (const [name, value] of Object.entries({ ttl, claimInterval, maxSessions, restoreConcurrency, botTimeout, retryDelay, maxFailures })) {
      if (!(typeof value === 'number' && value > 0)) throw new TypeError(`${name} must be a positive number`);
    }
    createSealer(sealKey);
    if (!(typeof cacheBytes === 'number' && cacheBytes >= 0)) throw new TypeError('cacheBytes must be a number, or 0');
    if (!(heartbeatInterval >= 0)) throw new TypeError('heartbeatInterval must be a number of milliseconds, or 0');

    const tell = harmless(onError);
    /** @type {import('./outbox.js').Updates} */
    const updates = new SharedRequests((elements) => repository.updateMany(elements), {
      onFailure: (error, senders) => tell(error, senders.length === 1 ? senders[0].session_id : undefined),
    });
    this.#releases = new Batcher((/** @type {Lease[]} */ leases) => this.#release(leases), pageSize);
    this.#prolongations = new Batcher((/** @type {{ bot: Bot, ttl: number }[]} */ wishes) => this.#prolong(wishes), pageSize);
    /** @satisfies {import('./bot.js').BotContext} */
    this.#context = {
      repository, startBot, ttl, claimInterval, maxSessions, heartbeatInterval, botTimeout, retryDelay, maxFailures, sealKey,
      cacheBytes, updates,
      worker: worker === false ? undefined : worker,
      gate: new Gate(restoreConcurrency, patience),
      onError: tell,
      prolong: (/** @type {Bot} */ bot, /** @type {number} */ wanted) => this.#prolongations.add({ bot, ttl: wanted }),
      end: this.#end.bind(this),
      remove: (/** @type {Bot} */ bot) => {
        if (this.#bots.get(bot.session_id) === bot) this.#bots.delete(bot.session_id);
      },
    };
  }

  /**
   * @param {string} session_id
   * @param {import('./bot.js').Reason} reason
   * @returns {Promise<import('./types.js').ChangedBotSession>}
   */
  async start(session_id, reason) {
    const there = this.#bots.get(session_id);
    if (there && reason.lease && there.state !== 'waiting') there.lose(new Error('the lease ran out, and was claimed again'));
    if (there?.ending) {
      await there.ending.catch(ignore); // who ended it gets the error
      return this.start(session_id, reason);
    }
    if (there?.state === 'waiting') return there.start(reason);
    if (there) return there.started;
    if (this.#shutdown) {
      if (reason.lease) await this.#releases.add({ session_id, fence: reason.lease.fence });
      throw new Error('the bot manager was shut down');
    }
    this.#begin();
    const bot = new Bot(session_id, this.#context);
    this.#bots.set(session_id, bot);
    return bot.start(reason);
  }

  /**
   * Without a fence: whoever runs the session.
   * @param {string} session_id
   * @param {{ reason?: string, forget?: boolean }} options
   * @returns {Promise<void>}
   */
  async end(session_id, options) {
    const bot = this.#bots.get(session_id);
    if (bot?.ending) {
      await bot.ending.catch(ignore); // it may be released only, or lost
      return this.end(session_id, options);
    }
    const left = () => this.#context.repository.end(session_id, options);
    await (bot ? bot.finish(left) : left());
  }

  /** @returns {Promise<RestoredSessions>} */
  async restore() {
    if (this.#shutdown) throw new Error('the bot manager was shut down');
    this.#begin();
    if (this.#context.worker && !this.#claims) {
      this.#claims = true;
      this.#timers.push(every(this.#context.claimInterval, () => this.#look(), this.#context.onError));
    }
    const results = await Promise.all(await this.#look());
    return {
      restored: results.filter((result) => !result.error && !result.passedOver).map(({ session_id }) => session_id),
      failed: results.filter(({ error }) => error).map(({ session_id, error }) => ({ session_id, error })),
    };
  }

  running() {
    return [...this.#bots.values()].filter(({ state }) => state !== 'waiting').map(({ session_id }) => session_id);
  }

  shutdown() {
    this.#shutdown ??= this.#shutDown();
    return this.#shutdown;
  }

  async #shutDown() {
    this.#closing.abort();
    for (const stop of this.#timers) stop();
    const leave = (/** @type {Bot} */ bot) => async () => {
      const { session_id, fence } = bot;
      await this.#claiming?.catch(ignore); // or it would get back what is released now
      if (fence !== null) await this.#releases.add({ session_id, fence });
      if (bot.unsent) throw bot.unsent;
    };
    const finished = [...this.#bots.values()].map((bot) => bot.finish(leave(bot), true));
    const results = await Promise.allSettled(finished);
    await this.#looking?.catch(ignore);
    await Promise.all(this.#restoring); // what was just claimed has been released
    this.#stopRenewing();
    const failed = results.filter((result) => result.status === 'rejected');
    const errors = [...new Set(failed.map(({ reason }) => reason))];
    if (errors.length > 0) throw new AggregateError(errors, `${failed.length} sessions were not left cleanly`);
  }

  /** From the first bot on, or the first look for some. */
  #begin() {
    if (this.#begun || this.#shutdown) return;
    this.#begun = true;
    if (this.#context.heartbeatInterval > 0) {
      const heartbeat = async () => this.#bots.forEach((bot) => bot.heartbeat());
      this.#timers.push(every(this.#context.heartbeatInterval, heartbeat, this.#context.onError));
    }
    if (this.#context.worker) this.#stopRenewing = every(this.#context.ttl / 3, () => this.#renew(), this.#context.onError);
  }

  /** Prolongs all leases, also of bots that start or stop; what fails is tried again while there is something to hold. */
  async #renew() {
    let held = [...this.#bots.values()].filter((bot) => bot.holdsLease);
    while (held.length > 0) {
      const failed = [];
      for (let i = 0; i < held.length; i += pageSize) {
        const page = held.slice(i, i + pageSize);
        try {
          await this.#renewOnce(page, this.#context.ttl);
        } catch (error) {
          this.#context.onError(error);
          failed.push(...page);
        }
      }
      if (failed.length > 0) await sleep(this.#context.retryDelay);
      held = failed.filter((bot) => bot.holdsLease && this.#bots.get(bot.session_id) === bot);
    }
  }

  /**
   * @param {Bot[]} bots
   * @param {number} ttl
   */
  async #renewOnce(bots, ttl) {
    const asked = bots.map((bot) => ({ bot, session_id: bot.session_id, fence: /** @type {number} */ (bot.fence) }));
    const sent = performance.now();
    const leases = await this.#context.repository.renew(fencesOf(asked), { ttl });
    const kept = new Set(leases.map(({ session_id }) => session_id));
    for (const { bot, session_id, fence } of asked) {
      if (bot.fence !== fence || this.#bots.get(session_id) !== bot) continue; // meanwhile it was given up
      if (kept.has(session_id)) bot.hold(sent, ttl);
      else bot.leaseIsGone();
    }
  }

  /** @param {{ bot: Bot, ttl: number }[]} wishes */
  async #prolong(wishes) {
    const waiting = wishes.filter(({ bot }) => bot.state === 'waiting' && bot.fence !== null);
    if (waiting.length > 0) await this.#renewOnce(waiting.map(({ bot }) => bot), Math.max(...waiting.map(({ ttl }) => ttl)));
    return wishes;
  }

  /** @param {Lease[]} leases */
  async #release(leases) {
    for (let tries = 1; ; tries++) {
      if (this.#silence) throw this.#silence;
      try {
        await this.#context.repository.release(fencesOf(leases));
        return leases;
      } catch (error) {
        const { timedOut, transient } = /** @type {import('./errors.js').BotSessionsError} */ (error);
        if (timedOut) this.#silence = error;
        if (timedOut || !transient || tries === releaseTries) throw error;
        await sleep(backOff(this.#context.retryDelay, tries, 1000));
      }
    }
  }

  /**
   * @param {Bot} bot
   * @param {string} [reason]
   * @param {boolean} [forget]
   */
  async #end(bot, reason, forget) {
    const { session_id, fence } = bot;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#context.repository.end(session_id, { reason, fence, ...(forget !== undefined && { forget }) });
      } catch (error) {
        if (!(/** @type {any} */ (error).transient) || bot.state === 'lost' || this.#shutdown) throw error;
        this.#context.onError(error, session_id);
        await sleep(backOff(this.#context.retryDelay, tries, 10_000), this.#closing.signal);
      }
    }
  }

  /** Does not wait for the last bots to connect: one that hangs must not keep others from being found. */
  #look() {
    this.#looking ??= (this.#context.worker ? this.#takeOver(this.#context.worker) : this.#takeUpAll()).finally(() => (this.#looking = null));
    return this.#looking;
  }

  /**
   * What nobody runs, at a time only what can connect at once: so all workers get their share.
   * @param {string} worker
   */
  async #takeOver(worker) {
    const results = this.#adopted ? [] : await this.#adopt();
    for (;;) {
      await this.#context.gate.untilFree();
      const maxSessions = Math.min(this.#context.gate.free, this.#context.maxSessions - this.#bots.size);
      if (maxSessions <= 0 || this.#shutdown) return results;
      const sent = performance.now();
      this.#claiming = this.#context.repository.claim(worker, { maxSessions, ttl: this.#context.ttl });
      const leases = await this.#claiming;
      for (const { session_id, fence } of leases) results.push(this.#restore(session_id, { lease: { fence, sent } }));
      if (leases.length < maxSessions) return results;
    }
  }

  /** Active sessions that were never leased: started without a worker, or by an earlier version of the service. */
  async #adopt() {
    const room = this.#context.maxSessions - this.#bots.size;
    if (room <= 0) return [];
    const rows = await this.#context.repository.overview({ status: 'active' });
    const unleased = rows.filter(({ worker, state }) => worker === null && state !== 'orphaned');
    const results = await this.#restoreEach(unleased.slice(0, room));
    this.#adopted = unleased.length <= room;
    return results;
  }

  async #takeUpAll() {
    return this.#restoreEach(await this.#context.repository.list({ status: 'active' }));
  }

  /** @param {{ session_id: string }[]} sessions */
  async #restoreEach(sessions) {
    const results = [];
    for (const { session_id } of sessions) {
      await this.#context.gate.untilFree();
      if (this.#shutdown) break;
      results.push(this.#restore(session_id, {}));
    }
    return results;
  }

  /**
   * The first try. What comes of it is known to the bot.
   * @param {string} session_id
   * @param {import('./bot.js').Reason} reason
   * @returns {Promise<Restored>}
   */
  #restore(session_id, reason) {
    const result = this.start(session_id, reason)
      .then(
        () => ({ session_id }),
        (error) => (error.conflict ? { session_id, passedOver: true } : { session_id, error }),
      )
      .finally(() => this.#restoring.delete(result));
    this.#restoring.add(result);
    return result;
  }
}

/** @typedef {{ session_id: string, error?: unknown, passedOver?: boolean }} Restored */
/** @typedef {{ session_id: string, fence: number }} Lease */

const optionNames = [
  'repository', 'startBot', 'worker', 'ttl', 'claimInterval', 'maxSessions', 'restoreConcurrency', 'heartbeatInterval',
  'botTimeout', 'retryDelay', 'maxFailures', 'sealKey', 'cacheBytes', 'onError',
];

/** @param {Lease[]} leases */
const fencesOf = (leases) => Object.fromEntries(leases.map(({ session_id, fence }) => [session_id, fence]));

/**
 * An error of who handles errors must not end the process with all its bots.
 * @param {(error: unknown, session_id?: string) => unknown} onError
 */
function harmless(onError) {
  /**
   * @param {unknown} error
   * @param {string} [session_id]
   */
  return async function tell(error, session_id) {
    try {
      await onError(error, session_id);
    } catch (handlerError) {
      console.error('onError has thrown:', handlerError);
    }
  };
}

/** @typedef {ReturnType<typeof createBotManager>} BotSessionsManager */

/**
 * Runs bots, one per session, and keeps their rows in bot_sessions up to date. It shares the bots with other processes:
 * runs them under leases, and claims those that others left behind.
 * @param {BotManagerOptions} options
 */
export function createBotManager(options) {
  const manager = new BotManager(options);
  return {
    /**
     * Starts the bot of a new, an ended or an abandoned session. One that runs here already is not started twice; one
     * that another worker runs is a `conflict`. Where the bot fails to start, or the database cannot be reached, this
     * rejects with the error, and the bot is tried again until `endSession`.
     * @param {{ session_id: string }} session
     * @returns {Promise<import('./types.js').ChangedBotSession>} the session as it was taken up
     */
    async startSession({ session_id }) {
      return manager.start(checkedId(session_id), { asked: true });
    },

    /**
     * Stops the bot and ends its session; also ends a session that has no bot in this process, whoever runs it.
     * `forget` deletes what the bot logs in with.
     * @param {{ session_id: string, reason?: string, forget?: boolean }} session
     * @returns {Promise<void>}
     */
    async endSession({ session_id, reason, forget }) {
      await manager.end(checkedId(session_id), { reason, ...(forget !== undefined && { forget }) });
    },

    /**
     * Call it on boot: starts the bots of all sessions that nobody runs, and from then on does so by itself; without
     * leases, those of all active sessions, once. Rejects where the database cannot tell which they are; a bot that
     * fails to start is reported and tried again, and does not keep the others from starting.
     * @returns {Promise<RestoredSessions>}
     */
    restoreSessions: () => manager.restore(),

    /** The sessions that have a bot in this process. */
    running: () => manager.running(),

    /**
     * Stops all bots, writes what is left, and releases their leases; the sessions stay active, for the next process.
     * Rejects with all the errors, after everything was tried.
     * @returns {Promise<void>}
     */
    shutdown: () => manager.shutdown(),
  };
}

/** @param {unknown} session_id a number would start a second bot beside that of its text */
function checkedId(session_id) {
  if (typeof session_id !== 'string') throw new TypeError('session_id must be a string');
  return session_id;
}
