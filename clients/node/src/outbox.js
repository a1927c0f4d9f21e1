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
/** @typedef {{ changes: Changes, fence: number|null }} Part */

/** @typedef {import('./shared-requests.js').SharedRequests<import('./types.js').BotSessionUpdate, import('./types.js').UpdatedBotSession>} Updates */

/** What is left of a writer is sent in ever smaller requests for so long, where the database does not answer in time. */
const finishTime = 20_000;

/** What waits to be written for one writer, the newest value of each column. None: a heartbeat. */
export class Outbox {
  bytes = 0;
  #writer;
  #requests;
  /**
   * The oldest first; that is under way where `#sending`.
   * @type {Part[]}
   */
  #parts = [];
  #sending = false;
  /** The try that is under way is the last one: it began after the writer had finished. */
  #last = false;
  /**
   * Who waits for the end, and until when that is worth it.
   * @type {{ resolve: (result?: any) => void, reject: (error: unknown) => void, deadline: number }|null}
   */
  #finishing = null;

  /**
   * @param {Writer} writer
   * @param {Updates} requests
   * @param {number} retryDelay
   */
  constructor(writer, requests, retryDelay) {
    this.#writer = writer;
    this.#requests = requests;
    this.retryDelay = retryDelay;
  }

  get session_id() {
    return this.#writer.session_id;
  }

  /** @param {Changes} [changes] */
  add(changes = {}) {
    const { fence } = this.#writer;
    if (this.#waiting()?.fence !== fence) this.drop(); // what was meant for a lease that is gone
    const waiting = this.#waiting();
    if (waiting) Object.assign(waiting.changes, changes);
    else this.#parts.push({ changes: { ...changes }, fence });
    this.#requests.add(this);
  }

  /**
   * Sends what is left at once. Rejects where the last try failed.
   * @returns {Promise<void>}
   */
  async finish() {
    if (this.#parts.length === 0) return;
    const finished = new Promise((resolve, reject) => {
      this.#finishing = { resolve, reject, deadline: performance.now() + finishTime };
    });
    this.#requests.hurry(this);
    await finished;
  }

  /** Forgets what was not sent yet: another worker has the session. */
  drop() {
    this.#parts.splice(this.#sending ? 1 : 0);
    this.#next();
  }

  /** What newer values are merged into. */
  #waiting() {
    return this.#sending && this.#parts.length === 1 ? undefined : this.#parts.at(-1);
  }

  /** @returns {import('./types.js').BotSessionUpdate|null} */
  take() {
    if (this.#parts.length === 0) return null;
    this.#sending = true;
    this.#last = this.#finishing !== null;
    const { changes, fence } = this.#parts[0];
    return { session_id: this.session_id, ...changes, fence };
  }

  /** @param {import('./types.js').UpdatedBotSession} row */
  answered(row) {
    this.#writer.written(row, this.#shift().fence);
    this.#next();
  }

  /** @param {unknown} error */
  refused(error) {
    const { changes, fence } = this.#shift();
    const { last_message, qr_data } = changes;
    const [newer] = this.#parts;
    if (last_message === undefined || qr_data === undefined) this.#writer.refused(error);
    else if (newer?.fence === fence) newer.changes = { ...changes, ...newer.changes };
    // A value that is refused takes no other with it.
    else this.#parts.unshift({ changes: { last_message }, fence }, { changes: { qr_data }, fence });
    this.#next();
  }

  /**
   * @param {unknown} error
   * @param {boolean} final
   */
  failed(error, final) {
    const older = this.#shift();
    if (this.#last && (final || performance.now() > (this.#finishing?.deadline ?? 0))) {
      this.#next(error);
      return false;
    }
    const [newer] = this.#parts;
    if (!newer) this.#parts.push(older);
    else if (newer.fence === older.fence) newer.changes = { ...older.changes, ...newer.changes };
    return true;
  }

  #shift() {
    this.#sending = false;
    return /** @type {Part} */ (this.#parts.shift());
  }

  /** @param {unknown} [error] of the last try */
  #next(error) {
    if (this.#parts.length > 0) return this.#requests.add(this);
    if (error === undefined) this.#finishing?.resolve();
    else this.#finishing?.reject(error);
    this.#finishing = null;
  }
}
