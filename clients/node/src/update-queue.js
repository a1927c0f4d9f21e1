import { backOff, sleep } from './time.js';

/**
 * Whoever has something to write: a bot. `fence` is that of its lease.
 * @typedef {object} Writer
 * @property {string} session_id
 * @property {number|null} fence
 * @property {(row: import('./types.js').UpdatedBotSession, fence: number|null) => void} written what the database
 *   answered to what was sent under that fence
 * @property {(error: unknown) => void} refused a value of this writer, for good
 */

/** @typedef {{ last_message?: string, qr_data?: string }} Changes */

/** What waits to be written for one writer, the newest value of each column. */
class Entry {
  /** A try that fails after the writer has finished is the last one. */
  last = false;
  dropped = false;
  tries = 0;

  /**
   * @param {Writer} writer
   * @param {Changes} changes
   */
  constructor(writer, changes) {
    this.writer = writer;
    this.fence = writer.fence;
    this.changes = changes;
  }

  /** @returns {import('./types.js').BotSessionUpdate} */
  get element() {
    return { session_id: this.writer.session_id, ...this.changes, fence: this.fence };
  }
}

/** @typedef {{ entries: Entry[], due: number }} Part of a batch that could not be written as a whole */

const mostEntries = 500;
const longestWait = 10_000;
/** What is left of a writer is sent in ever smaller parts for so long, where the database does not answer in time. */
const finishTime = 20_000;

/**
 * The messages, QR codes and heartbeats of all bots of a process. One request is under way; what is reported meanwhile
 * is merged by writer and goes with the next. When idle, nothing waits.
 */
export class UpdateQueue {
  #updateMany;
  #onError;
  #retryDelay;
  /**
   * Entries that are not under way, by writer.
   * @type {Map<Writer, Entry>}
   */
  #waiting = new Map();
  /**
   * Those of them that go with the next batch.
   * @type {Set<Entry>}
   */
  #fresh = new Set();
  /**
   * The others.
   * @type {Part[]}
   */
  #parts = [];
  /**
   * How many entries a writer has, also under way.
   * @type {Map<Writer, number>}
   */
  #open = new Map();
  /**
   * Writers that have nothing to add, who waits for them, and until when it is worth it.
   * @type {Map<Writer, { resolve: () => void, reject: (error: unknown) => void, deadline: number }>}
   */
  #finishing = new Map();
  #running = false;
  #failures = 0;
  #partTurn = false;
  #pause = new AbortController();
  /** @type {NodeJS.Timeout|undefined} */
  #timer;

  /**
   * @param {object} options
   * @param {(elements: import('./types.js').BotSessionUpdate[]) => Promise<import('./types.js').UpdatedBotSession[]>} options.updateMany
   * @param {(error: unknown, session_id?: string) => void} options.onError gets each failure that is not for good
   * @param {number} options.retryDelay ms until what was not answered is sent again; longer with each failure in a row
   */
  constructor({ updateMany, onError, retryDelay }) {
    this.#updateMany = updateMany;
    this.#onError = onError;
    this.#retryDelay = retryDelay;
  }

  /**
   * @param {Writer} writer
   * @param {Changes} [changes] none: a heartbeat
   */
  add(writer, changes = {}) {
    const entry = this.#waiting.get(writer);
    if (entry?.fence === writer.fence) {
      Object.assign(entry.changes, changes);
    } else {
      this.drop(writer); // what was meant for a lease that is gone
      this.#enqueue(new Entry(writer, { ...changes }));
    }
    void this.#run();
  }

  /**
   * Sends what is left of a writer at once. Rejects where the last try failed.
   * @param {Writer} writer
   * @returns {Promise<void>}
   */
  async finish(writer) {
    if (!this.#open.has(writer)) return;
    const deadline = performance.now() + finishTime;
    const finished = new Promise((resolve, reject) => {
      this.#finishing.set(writer, { resolve: () => resolve(null), reject, deadline });
    });
    for (const part of this.#parts) if (part.entries.some((entry) => entry.writer === writer)) part.due = 0;
    this.#pause.abort();
    void this.#run();
    await finished;
  }

  /**
   * Forgets what was not sent yet: another worker has the session.
   * @param {Writer} writer
   */
  drop(writer) {
    const entry = this.#waiting.get(writer);
    if (!entry) return;
    entry.dropped = true;
    this.#waiting.delete(writer);
    this.#fresh.delete(entry);
    this.#close(entry);
  }

  /** @param {Entry} entry */
  #enqueue(entry) {
    this.#waiting.set(entry.writer, entry);
    this.#fresh.add(entry);
    this.#count(entry.writer);
  }

  /** @param {Writer} writer */
  #count(writer) {
    this.#open.set(writer, (this.#open.get(writer) ?? 0) + 1);
  }

  /**
   * @param {Entry} entry
   * @param {unknown} [error] of the last try
   */
  #close({ writer }, error) {
    const left = /** @type {number} */ (this.#open.get(writer)) - 1;
    if (left > 0) {
      this.#open.set(writer, left);
      return;
    }
    this.#open.delete(writer);
    const waiter = this.#finishing.get(writer);
    this.#finishing.delete(writer);
    if (error === undefined) waiter?.resolve();
    else waiter?.reject(error);
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    await null; // what is reported in the same moment goes together
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#send(batch);
    this.#running = false;
  }

  /** What goes next: fresh entries and parts take turns. */
  #next() {
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#parts = this.#parts.filter(({ entries }) => entries.some(({ dropped }) => !dropped));
    const due = this.#parts.findIndex((part) => part.due <= now);
    this.#partTurn = due >= 0 && (!this.#partTurn || this.#fresh.size === 0);
    /** @type {Entry[]} */
    let batch = [];
    if (this.#partTurn) {
      batch = this.#parts.splice(due, 1)[0].entries.filter(({ dropped }) => !dropped);
    } else {
      for (const entry of this.#fresh) {
        batch.push(entry);
        this.#fresh.delete(entry);
        if (batch.length === mostEntries) break;
      }
    }
    if (batch.length === 0 && this.#parts.length > 0) {
      const first = Math.min(...this.#parts.map((part) => part.due));
      this.#timer = setTimeout(() => void this.#run(), first - now);
    }
    return batch;
  }

  /** @param {Entry[]} batch */
  async #send(batch) {
    for (const entry of batch) {
      if (this.#waiting.get(entry.writer) === entry) this.#waiting.delete(entry.writer);
      entry.last = this.#finishing.has(entry.writer);
    }
    try {
      const rows = await this.#updateMany(batch.map(({ element }) => element));
      this.#failures = 0;
      batch.forEach((entry, i) => {
        entry.writer.written(rows[i], entry.fence);
        this.#close(entry);
      });
    } catch (error) {
      await this.#failed(batch, error);
    }
  }

  /**
   * @param {Entry[]} batch
   * @param {any} error
   */
  async #failed(batch, error) {
    const { transient = false } = error;
    if (transient) this.#onError(error, batch.length === 1 ? batch[0].writer.session_id : undefined);
    if (transient && !mayBeOfOne(error)) return this.#wait(batch, error);

    if (transient) batch = batch.filter((entry) => !this.#giveUp(entry, error));
    if (batch.length > 1) {
      // One of them is the reason, or all together were too many: in halves, so that it keeps nobody else waiting.
      const half = Math.ceil(batch.length / 2);
      for (const entries of [batch.slice(0, half), batch.slice(half)]) this.#putOff(entries, 0);
      return;
    }
    if (batch.length === 0) return;
    const [entry] = batch;
    const { last_message, qr_data } = entry.changes;
    if (transient && entry.last) {
      this.#close(entry, error);
    } else if (transient) {
      this.#putOff(batch, performance.now() + backOff(this.#retryDelay, ++entry.tries, longestWait));
    } else if (last_message !== undefined && qr_data !== undefined) {
      // A value that is refused takes no other with it. The second one is there for newer values to be merged into.
      if (this.#merge(entry)) return;
      const second = new Entry(entry.writer, { qr_data });
      entry.changes = { last_message };
      this.#waiting.set(entry.writer, second);
      this.#count(entry.writer);
      this.#parts.push({ entries: [entry], due: 0 }, { entries: [second], due: 0 });
    } else {
      entry.writer.refused(error);
      this.#close(entry);
    }
  }

  /**
   * Whether the time of a writer that has finished is over.
   * @param {Entry} entry
   * @param {unknown} error
   */
  #giveUp(entry, error) {
    const late = entry.last && performance.now() > (this.#finishing.get(entry.writer)?.deadline ?? 0);
    if (late) this.#close(entry, error);
    return late;
  }

  /**
   * The database is not to be had: all of it goes again, as it is.
   * @param {Entry[]} batch
   * @param {unknown} error
   */
  async #wait(batch, error) {
    for (const entry of batch) {
      if (entry.last) this.#close(entry, error);
      else if (!this.#merge(entry)) this.#fresh.add(entry);
    }
    if ([...this.#finishing.keys()].some((writer) => this.#waiting.has(writer))) return; // its last try is made at once
    this.#pause = new AbortController();
    await sleep(backOff(this.#retryDelay, ++this.#failures, longestWait), this.#pause.signal);
  }

  /**
   * @param {Entry[]} entries
   * @param {number} due
   */
  #putOff(entries, due) {
    const left = entries.filter((entry) => !this.#merge(entry));
    if (left.length > 0) this.#parts.push({ entries: left, due });
  }

  /**
   * Whether there is a newer entry of the writer, which now has what the older one had.
   * @param {Entry} older
   */
  #merge(older) {
    const newer = this.#waiting.get(older.writer);
    if (!newer) {
      this.#waiting.set(older.writer, older);
      return false;
    }
    if (newer.fence === older.fence) newer.changes = { ...older.changes, ...newer.changes };
    this.#close(older);
    return true;
  }
}

/**
 * Whether a single element may be the reason: it waits for a row that is locked, or is refused while the server is well.
 * @param {{ code?: string, timedOut?: boolean }} error
 */
const mayBeOfOne = ({ code = '', timedOut }) => timedOut || (/^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57P|25|0A)/.test(code));
