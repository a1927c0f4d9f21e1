import { string } from './checks.js';
import { BotSessionsError, Failure } from './errors.js';
import { Outbox } from './outbox.js';
import { backOff, ignore, inTime, longest } from './time.js';

/**
 * What a bot tells its manager. All return at once; what they report is written in the background, in order. None
 * throws: what is wrong with a report goes to `onError`.
 * @typedef {object} BotReport
 * @property {(qr_data: string, options?: { expiresIn?: number }) => void} qr a QR code was generated, valid for so many
 *   ms: 60 000 the first one, 20 000 the next
 * @property {() => void} ready it was scanned: the QR code is removed, and the bot is connected
 * @property {(last_message: string) => void} message a message was received or sent: the bot is connected
 * @property {(is: boolean) => void} connected no heartbeat goes out for a bot that is not connected
 * @property {(reason?: string, options?: { forget?: boolean }) => void} ended the bot is gone for good (logged out,
 *   banned); `forget` deletes what it logs in with
 */

/**
 * Connects a bot. Resolves as soon as the bot can be stopped, without waiting for somebody to scan a QR code.
 * @callback StartBot
 * @param {import('./types.js').ChangedBotSession} session as persisted: `previous_status` is null for a new one, 'active'
 *   for one that the last run never ended; a QR code of that run has been removed
 * @param {BotReport} report
 * @param {import('./store.js').BotSessionStore} store what the bot logs in with, under its fence
 * @returns {Promise<{ stop: () => unknown }>}
 */

/**
 * Why a bot is started: somebody asked for it, its lease was claimed, or (none) its session was found active.
 * @typedef {{ asked?: boolean, lease?: { fence: number, sent: number } }} Reason
 */

/**
 * What the bots of a manager share.
 * @typedef {object} BotContext
 * @property {Pick<import('./repository.js').BotSessionsRepository, 'create'|'update'|'store'>} repository
 * @property {StartBot} startBot
 * @property {string|undefined} worker
 * @property {number} ttl
 * @property {number} botTimeout
 * @property {number} retryDelay
 * @property {number} maxFailures
 * @property {import('./seal.js').SealKey|undefined} sealKey
 * @property {number} cacheBytes
 * @property {import('./gate.js').Gate} gate
 * @property {import('./outbox.js').Updates} updates messages, QR codes and heartbeats of all bots
 * @property {(error: unknown, session_id?: string) => void} onError
 * @property {(bot: Bot, ttl: number) => Promise<unknown>} prolong renews its lease once, for longer than usual
 * @property {(bot: Bot, reason?: string, forget?: boolean) => Promise<unknown>} end ends its session under its fence
 * @property {(bot: Bot) => void} remove
 */

const longestRetryDelay = 5 * 60_000;
const firstQrLife = 60_000;
const nextQrLife = 20_000;

/**
 * What the database says to a bot whose session is not, or no longer, its own.
 * @param {string} operation
 * @param {string} message
 */
const conflict = (operation, message) => new BotSessionsError(operation, { code: 'PT409', message });

/** @typedef {import('./store.js').SignalLike} SignalLike */

/**
 * Does for a store what an AbortController and its signal do. Those take 1 kB, and there is one for each bot.
 * @implements {SignalLike}
 */
class GivingUp {
  aborted = false;
  /** @type {unknown} */
  reason;
  /** @type {() => void} */
  #listener = ignore;

  /**
   * @param {'abort'} _type
   * @param {() => void} listener
   */
  addEventListener(_type, listener) {
    this.#listener = listener;
  }

  /** @param {unknown} reason */
  abort(reason) {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#listener();
  }
}

/** The bot of one session in this process, and the lease under which it runs. */
export class Bot {
  /**
   * `waiting` has failed to start and will be tried again; `lost` must not go on here, and is being stopped.
   * @type {'starting'|'running'|'stopping'|'lost'|'waiting'}
   */
  state = 'starting';
  /**
   * That of the lease; null where none is held.
   * @type {number|null}
   */
  fence = null;
  /** Whether heartbeats go out for it. */
  connected = true;
  /**
   * The session as it was taken up, once the bot runs.
   * @type {Promise<import('./types.js').ChangedBotSession>}
   */
  started = Promise.reject(new Error('it was never started'));
  /**
   * Settles when the bot has stopped, and what was left to do is done.
   * @type {Promise<void>|null}
   */
  ending = null;
  /**
   * Why its last words could not be written.
   * @type {unknown}
   */
  unsent = null;

  #context;
  #outbox;
  /**
   * Settles when the bot has come up, or has not.
   * @type {Promise<unknown>}
   */
  #launched = Promise.resolve();
  /**
   * What `startBot` resolved to.
   * @type {{ stop: () => unknown }|null}
   */
  #handle = null;
  /**
   * Only what the bot reports that was started last counts.
   * @type {BotReport|null}
   */
  #report = null;
  /**
   * What the bot that was started last logs in with.
   * @type {import('./store.js').BotSessionStore|null}
   */
  #store = null;
  #storeEnds = new GivingUp();
  /**
   * The status before the session was taken up here for the first time.
   * @type {'active'|'inactive'|null|undefined}
   */
  #previousStatus;
  /** Whether the session may be created or reopened: if somebody asked for that, and it was not done yet. */
  #mayOpen = false;
  /** Failures in a row, and those of them in which the bot was the reason. */
  #failures = 0;
  #botFailures = 0;
  #leaseEnds = Infinity;
  #qrCodes = 0;
  #qrShown = false;
  /** @type {NodeJS.Timeout|undefined} */
  #leaseTimer;
  /** @type {NodeJS.Timeout|undefined} */
  #retryTimer;
  /** @type {NodeJS.Timeout|undefined} */
  #qrTimer;

  /**
   * @param {string} session_id
   * @param {BotContext} context
   */
  constructor(session_id, context) {
    this.session_id = session_id;
    this.#context = context;
    this.#outbox = new Outbox(this, context.updates, context.retryDelay);
    this.started.catch(ignore);
  }

  /** Whether its lease is renewed all the time. While it waits, that was done once, until the next try. */
  get holdsLease() {
    return this.fence !== null && this.state !== 'lost' && this.state !== 'waiting';
  }

  /**
   * Starts it, or tries again. Who asks for it does not wait for a place.
   * @param {Reason} [reason]
   * @returns {Promise<import('./types.js').ChangedBotSession>}
   */
  start({ asked = false, lease } = {}) {
    clearTimeout(this.#retryTimer);
    this.state = 'starting';
    if (asked) {
      this.#mayOpen = true;
      this.#dropLease(); // the session may have been ended since: it is opened again, under a new one
    }
    if (lease) this.#takeLease(lease.fence, lease.sent);
    const botFailures = this.#botFailures;
    const launch = async () => {
      if (this.ending) throw new Error('the session was ended before its bot was started');
      const launched = this.#takeUp().then((row) => this.#run(row));
      this.#launched = launched.catch(ignore);
      return launched;
    };
    const launched = asked ? launch() : this.#context.gate.through(launch);
    this.started = launched.catch(async (error) => {
      await this.#failedToStart(error, asked, this.#botFailures > botFailures);
      throw error;
    });
    this.started.catch(ignore);
    return this.started;
  }

  /** The session: active, under a lease, and without a QR code that nobody can scan any more. */
  async #takeUp() {
    const { session_id } = this;
    const { repository, end } = this.#context;
    const remove = { qr_data: '' };
    let row = this.fence === null ? await this.#open() : await repository.update(session_id, { fence: this.fence, ...remove });
    if (this.state === 'lost') throw new Error('the lease ran out before the bot was started');
    if (row.previous_status !== 'active' && !this.#mayOpen) {
      this.finish(() => end(this, 'ended before it was restored')).catch(this.#tell);
      const error = new Error('the session was ended before it was restored');
      this.#tell(error);
      throw error;
    }
    this.#mayOpen = false;
    if (this.#previousStatus === undefined) this.#previousStatus = row.previous_status;
    if (row.qr_data !== null) row = await repository.update(session_id, { fence: this.fence, ...remove });
    return { ...row, previous_status: this.#previousStatus };
  }

  async #open() {
    const { repository, worker, ttl } = this.#context;
    const sent = performance.now();
    const row = await repository.create({ session_id: this.session_id, ...(worker && { worker, ttl }) });
    if (worker) this.#takeLease(/** @type {number} */ (row.fence), sent);
    return row;
  }

  /** @param {import('./types.js').ChangedBotSession} row */
  async #run(row) {
    const { startBot, botTimeout } = this.#context;
    const report = this.#createReport();
    this.#report = report;
    this.connected = true;
    const store = this.#openStore();
    const starting = (async () => startBot(row, report, store))();
    try {
      const handle = await inTime(starting, botTimeout, `${this.session_id} did not start`);
      if (typeof handle?.stop !== 'function') throw new TypeError('startBot must resolve to { stop }, a function');
      this.#handle = handle;
    } catch (error) {
      // Should it come up later, it is stopped.
      starting.then((late) => late?.stop?.()).catch((lateError) => lateError !== error && this.#tell(lateError));
      this.#report = null;
      this.#closeStore(conflict('store', 'the bot did not start, and its session was given up'));
      this.#botFailures++;
      throw error;
    }
    this.#failures = this.#botFailures = 0;
    if (this.state === 'starting') this.state = 'running';
    return row;
  }

  #openStore() {
    const { repository, sealKey, cacheBytes, retryDelay } = this.#context;
    const signal = new GivingUp();
    this.#storeEnds = signal;
    this.#store = repository.store(this.session_id, {
      fence: this.fence,
      sealKey,
      cacheBytes,
      retryDelay,
      onError: this.#tell,
      onLost: (error) => {
        if (!signal.aborted && !this.ending) this.lose(error);
      },
      signal,
    });
    return this.#store;
  }

  /** @param {Error} error what its bot gets from now on */
  #closeStore(error) {
    this.#store = null;
    this.#storeEnds.abort(error);
  }

  /**
   * @param {any} error
   * @param {boolean} asked whoever asked for the bot has the error already
   * @param {boolean} botFailed and not the database
   */
  async #failedToStart(error, asked, botFailed) {
    if (this.ending) return; // whoever ended it knows
    const { end, maxFailures } = this.#context;
    if (!botFailed && (error.conflict || error.notFound || (asked && !error.transient))) {
      // Another worker was faster, which is no failure; or it cannot be started at all.
      if (!asked && !error.conflict) this.#tell(error);
      this.#leave();
      return;
    }
    this.#tell(error);
    this.#hideQr();
    if (this.#botFailures >= maxFailures) await this.finish(() => end(this, 'failed to start')).catch(this.#tell);
    else this.#tryLater();
  }

  /** Its lease is renewed once, so that nobody else tries meanwhile what has just failed. */
  #tryLater() {
    const { retryDelay, ttl, prolong } = this.#context;
    this.state = 'waiting';
    const delay = backOff(retryDelay, ++this.#failures, longestRetryDelay);
    this.#retryTimer = setTimeout(() => this.start(), delay);
    const lasts = performance.now() + delay + ttl / 2 < this.#leaseEnds;
    if (this.fence !== null && !lasts) prolong(this, delay + ttl).catch(this.#tell);
  }

  /**
   * @param {number} fence
   * @param {number} sent
   */
  #takeLease(fence, sent) {
    this.fence = fence;
    this.hold(sent, this.#context.ttl);
  }

  #dropLease() {
    clearTimeout(this.#leaseTimer);
    this.fence = null;
    this.#outbox.drop();
  }

  /**
   * The bot may run for a `ttl` that began when the database gave the lease: after the request was SENT, and before
   * its answer is read here, which may be much later: a slow network, a process that was stopped. So count from the
   * sending, by the clock that nobody sets. Whether the database then cannot be reached, or this process sleeps: the
   * bot stops before another worker starts it, and for the stopping a tenth of the ttl is set aside.
   * @param {number} sent by performance.now()
   * @param {number} ttl
   */
  hold(sent, ttl) {
    this.#leaseEnds = sent + 0.9 * ttl;
    const left = this.#leaseEnds - performance.now();
    clearTimeout(this.#leaseTimer);
    if (left > 0) this.#leaseTimer = setTimeout(() => this.#leaseRanOut(), Math.min(left, longest)).unref();
    else this.#leaseRanOut();
  }

  #leaseRanOut() {
    if (this.state === 'waiting') this.#dropLease(); // the next try takes a new one, if it can
    else this.lose(conflict('renew', 'the lease was not renewed in time'));
  }

  /** A renewal did not find it: it is another worker's, or the session was ended. */
  leaseIsGone() {
    const error = conflict('renew', 'the lease was lost');
    if (this.state !== 'waiting') return this.lose(error);
    this.#tell(error);
    this.#leave();
  }

  /**
   * Somebody else ended, deleted or took over the session: its bot must not go on here.
   * @param {Error} error
   */
  lose(error) {
    if (this.state === 'lost') return;
    this.state = 'lost';
    this.#report = null;
    this.#closeStore(error);
    this.#outbox.drop();
    this.#tell(error);
    if (!this.ending) this.finish().catch(this.#tell);
  }

  /**
   * Stops the bot, has its last words written, and then does what is left to do: to end or to release the session.
   * @param {() => unknown} [left]
   * @param {boolean} [stays] active: so its QR code has to go
   * @returns {Promise<void>}
   */
  finish(left = ignore, stays = false) {
    this.ending ??= this.#finish(left, stays);
    return this.ending;
  }

  /**
   * @param {() => unknown} left
   * @param {boolean} stays
   */
  async #finish(left, stays) {
    const { botTimeout } = this.#context;
    if (this.state !== 'lost') this.state = 'stopping';
    clearTimeout(this.#retryTimer);
    await this.#launched;
    try {
      const stopping = (async () => this.#handle?.stop())();
      await inTime(stopping, botTimeout, `${this.session_id} did not stop`);
    } catch (error) {
      this.#tell(error); // the session is ended or released all the same
    }
    this.#report = null;
    if (stays) this.#hideQr();
    const isUnsent = (/** @type {unknown} */ error) => {
      this.unsent = error;
      this.#tell(error);
    };
    await this.#outbox.finish().catch(isUnsent);
    if (this.#store) await inTime(this.#store.flush(), botTimeout, `${this.session_id} was not saved`).catch(isUnsent);
    this.#closeStore(conflict('store', 'the session was given up'));
    try {
      await left();
    } finally {
      this.#leave();
    }
  }

  #leave() {
    for (const timer of [this.#leaseTimer, this.#retryTimer, this.#qrTimer]) clearTimeout(timer);
    this.#context.remove(this);
  }

  /** @type {(error: unknown) => void} */
  #tell = (error) => this.#context.onError(error, this.session_id);

  /**
   * What the database answered to what the outbox sent.
   * @param {import('./types.js').UpdatedBotSession} row
   * @param {number|null} fence
   */
  written(row, fence) {
    if (this.ending || fence !== this.fence) return;
    if (row.status === null) this.lose(new BotSessionsError('update', { code: 'PT404', message: 'session not found' }));
    else if (row.status !== 'active') this.lose(conflict('update', 'the session was ended elsewhere'));
    else if (fence !== null && row.fence === null) this.lose(conflict('update', 'fence is stale'));
  }

  /** @param {unknown} error */
  refused(error) {
    this.#tell(error);
  }

  heartbeat() {
    if (this.state === 'running' && this.connected) this.#outbox.add();
  }

  /**
   * Five closures a bot, and the rest is made when one is called: there may be 10,000 bots.
   * @returns {BotReport}
   */
  #createReport() {
    /** @type {BotReport} */
    const report = {
      qr: (qr_data, options) => this.#hear(report, () => this.#showQr(string(qr_data, 'qr_data'), options?.expiresIn)),
      ready: () => this.#hear(report, () => {
        this.connected = true;
        this.#qrCodes = 0;
        this.#hideQr();
      }),
      message: (last_message) => this.#hear(report, () => {
        this.connected = true;
        this.#write({ last_message: string(last_message, 'last_message') });
      }),
      connected: (is) => this.#hear(report, () => {
        this.connected = Boolean(is);
      }),
      ended: (reason, options) => this.#hear(report, () => {
        const shown = reason === undefined || reason === null ? undefined : String(reason).replaceAll('\0', '').toWellFormed();
        this.finish(() => this.#context.end(this, shown, options?.forget)).catch(this.#tell);
      }),
    };
    return report;
  }

  /**
   * @param {BotReport} report
   * @param {() => void} task
   */
  #hear(report, task) {
    if (this.#report !== report) return; // a late event of a bot that was stopped
    try {
      task();
    } catch (error) {
      this.#tell(error instanceof Failure ? new BotSessionsError('report', error.facts) : error);
    }
  }

  /**
   * @param {string} qr_data
   * @param {number} [expiresIn]
   */
  #showQr(qr_data, expiresIn = this.#qrCodes === 0 ? firstQrLife : nextQrLife) {
    if (!(expiresIn > 0)) throw new TypeError('expiresIn must be a positive number of milliseconds');
    this.#qrCodes++;
    this.#qrShown = true;
    clearTimeout(this.#qrTimer);
    this.#qrTimer = setTimeout(() => this.#hideQr(), Math.min(expiresIn, longest)).unref();
    this.#write({ qr_data });
  }

  #hideQr() {
    clearTimeout(this.#qrTimer);
    if (!this.#qrShown) return;
    this.#qrShown = false;
    this.#write({ qr_data: '' });
  }

  /**
   * Never without a fence where there are leases: it could be another worker's by now.
   * @param {import('./outbox.js').Changes} changes
   */
  #write(changes) {
    if (this.state !== 'lost' && (!this.#context.worker || this.fence !== null)) this.#outbox.add(changes);
  }
}
