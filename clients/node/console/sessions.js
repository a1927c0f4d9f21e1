import { intervalMs } from './page/interval.js';
import { kindOf } from '../command/problem.js';

const shortest = 2000;
const longest = 60_000;
const manyOverRest = 3000;
const slow = 30_000;
const remembered = 10_000; // removals; whoever comes with an older version gets everything

const columns = ['state', 'has_qr', 'has_data', 'worker', 'lease_expires_at', 'created_at', 'updated_at'];
const moment = (text) => (text === null ? null : Date.parse(text));

/**
 * All sessions, read from the database only while somebody asks, once for all who ask, and handed out as changes.
 */
export class Sessions {
  #rows = new Map(); // session_id → { row, version }
  #removed = []; // [session_id, version]
  #forgotten = 0; // the newest version whose removals are no longer known
  #version = 0;
  #clock = null;
  #polling = null;
  #nextAt = 0;
  #readAt = null;
  #failures = 0;
  #error = null;

  /** @param {{ repository: any, database: boolean, now?: () => number }} options `database`: not through PostgREST */
  constructor({ repository, database, now = () => performance.now() }) {
    Object.assign(this, { repository, database, now });
  }

  /** The database's time in ms, at least; undefined where nothing has told it. */
  get time() {
    return this.#clock ? this.#clock.time + (this.now() - this.#clock.at) : undefined;
  }

  get error() {
    return this.#error;
  }

  has(id) {
    return this.#rows.has(id);
  }

  row(id) {
    return this.#rows.get(id)?.row;
  }

  /** A session is known to have changed: the next poll comes at once. */
  hurry() {
    this.#nextAt = 0;
  }

  /** Waits for the first poll, where there was none yet. */
  async ready() {
    if (this.#version === 0) await this.changesSince(0);
  }

  /** What has changed since a version, after the poll that is due, if that does not take too long. */
  async changesSince(version) {
    if (!this.#polling && this.now() >= this.#nextAt)
      this.#polling = this.#poll().finally(() => (this.#polling = null));
    if (this.#polling)
      await (this.#version === 0
        ? this.#polling
        : Promise.race([this.#polling, new Promise((done) => setTimeout(done, 1000).unref())]));
    const full = !(version > 0) || version < this.#forgotten || version > this.#version;
    const sessions = [];
    for (const [id, entry] of this.#rows) {
      if (full || entry.version > version) sessions.push(encode(id, entry.row));
    }
    return {
      version: this.#version,
      full,
      sessions,
      removed: full ? [] : this.#removed.filter(([, at]) => at > version).map(([id]) => id),
      time: this.time,
      age: this.#readAt === null ? null : this.now() - this.#readAt,
      next: Math.max(0, this.#nextAt - this.now()),
      slow: this.#isSlow,
      error: this.#error,
    };
  }

  get #isSlow() {
    return !this.database && this.#rows.size > manyOverRest;
  }

  async #poll() {
    const began = this.now();
    try {
      const rows = await this.repository.overview();
      this.#take(rows);
      this.#failures = 0;
      this.#error = null;
      this.#readAt = this.now();
      const took = this.now() - began;
      this.#nextAt = this.now() + Math.max(this.#isSlow ? slow : shortest, 50 * took);
    } catch (error) {
      this.#error = kindOf(error);
      this.#nextAt = this.now() + Math.min(longest, shortest * 2 ** this.#failures++);
    }
  }

  #take(rows) {
    const version = this.#version + 1;
    const at = this.now();
    const seen = new Set();
    let time = -Infinity;
    for (const row of rows) {
      const id = row.session_id;
      seen.add(id);
      const now = Date.parse(row.updated_at) + intervalMs(row.idle);
      if (now > time) time = now; // an infinite time is no number
      const known = this.#rows.get(id);
      if (!known || columns.some((column) => known.row[column] !== row[column])) this.#rows.set(id, { row, version });
    }
    for (const id of this.#rows.keys()) {
      if (seen.has(id)) continue;
      this.#rows.delete(id);
      this.#removed.push([id, version]);
    }
    while (this.#removed.length > remembered) this.#forgotten = this.#removed.shift()[1];
    if (Number.isFinite(time)) this.#clock = { time, at };
    this.#version = version;
  }
}

const encode = (id, row) => [
  id,
  row.state,
  row.has_qr,
  row.has_data ?? null,
  row.worker,
  moment(row.lease_expires_at),
  moment(row.created_at),
  moment(row.updated_at),
];
