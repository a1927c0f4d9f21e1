import * as check from './checks.js';
import { BotSessionsError } from './errors.js';
import { createSealer } from './seal.js';
import { Cache } from './store-cache.js';
import { Layer, sizeOf } from './store-layer.js';
import { mostBytes } from './shared-requests.js';
import { ignore } from './time.js';

/**
 * @typedef {import('./types.js').BotSessionData} Data
 * @typedef {import('./types.js').BotSessionDataChanges} Changes
 * @typedef {import('./types.js').BotSessionDataKeys} Keys
 */

/**
 * What one bot logs in with.
 * @typedef {object} BotSessionStore
 * @property {string} session_id
 * @property {(data: Changes) => Promise<void>} save resolves once it is written. `null` in place of a value deletes the
 *   key, in place of a kind's values the kind
 * @property {(keys?: Keys|null) => Promise<Data>} load what is there of those keys: `null` in place of a kind's keys means
 *   all of it, nothing at all everything. Sees what was saved before, also where that is not written yet
 * @property {() => Promise<number>} forget deletes everything
 * @property {() => Promise<void>} flush resolves once everything that was saved is written, or refused
 */

/**
 * What is used of an AbortSignal.
 * @typedef {object} SignalLike
 * @property {boolean} aborted
 * @property {any} reason
 * @property {(type: 'abort', listener: () => void, options?: { once?: boolean }) => unknown} addEventListener
 */

/**
 * @typedef {object} StoreOptions
 * @property {number|null} [fence] that of the lease under which the bot runs
 * @property {import('./seal.js').SealKey} [sealKey] what is stored is sealed with it
 * @property {number} [cacheBytes] of what it read and wrote is kept, where it has a fence: 1 MB
 * @property {number} [retryDelay] ms until what was not answered is sent again; twice as long each time: 1000
 * @property {(error: any) => unknown} [onError] gets refusals, and the first failure of an outage
 * @property {(error: any) => unknown} [onLost] called once, when the session is another's, ended, deleted or given up
 * @property {SignalLike} [signal] gives the session up, with its reason as the error
 */

/**
 * @template Item, Answer
 * @typedef {import('./shared-requests.js').SharedRequests<Item, Answer>} SharedRequests
 */

/**
 * How the store gets at the database.
 * @typedef {object} Access
 * @property {SharedRequests<import('./types.js').BotSessionSave, import('./types.js').BotSessionSaved>} saves
 * @property {(session_id: string, keys: Keys|undefined, options: { fence?: number|null }) => Promise<Data>} load
 * @property {(session_id: string, options: { fence?: number|null }) => Promise<number>} forget
 */

/** @typedef {{ data: Changes, resolve: (result?: any) => void, reject: (error: unknown) => void }} Save */

/** What goes in one request: saves that were merged, or, where `layer` forgets all, that. */
class Part {
  layer = new Layer();
  /** @type {Save[]} */
  saves = [];
  /** Whether nothing may be merged into it: it is under way, or was refused together with others. */
  closed = false;

  /** @param {Save} save */
  add(save) {
    this.saves.push(save);
    this.layer.merge(save.data);
  }

  /** @param {Changes} data */
  takes(data) {
    return !this.closed && !this.layer.all && this.layer.takes(data) && this.layer.bytes + sizeOf(data) <= mostBytes;
  }
}

export const storeOptionNames = ['fence', 'sealKey', 'cacheBytes', 'retryDelay', 'onError', 'onLost', 'signal'];

export class Store {
  #access;
  #fence;
  #sealer;
  #cache;
  #onError;
  #onLost;
  /**
   * What is not written yet, the oldest first.
   * @type {Part[]}
   */
  #parts = [];
  #forgetting = false;
  /** Whether the failure of this outage was told. */
  #told = false;
  /**
   * What each load that is under way has to put over its answer.
   * @type {Set<Layer>}
   */
  #loads = new Set();
  /** How often something was refused: then a load may have seen what was never written. */
  #refusals = 0;
  /** @type {Set<Promise<unknown>>} */
  #unsettled = new Set();
  /**
   * Why nothing is sent any more.
   * @type {any}
   */
  #lost = null;

  /**
   * @param {string} session_id
   * @param {StoreOptions} options
   * @param {Access} access
   */
  constructor(session_id, options, access) {
    const { sealKey, cacheBytes = 1_000_000, retryDelay = 1000, onError = ignore, onLost = ignore, signal } = options;
    this.session_id = check.sessionId(session_id);
    this.#fence = check.optionalFence(options.fence, 'fence');
    this.#sealer = createSealer(sealKey);
    if (!(typeof cacheBytes === 'number' && cacheBytes >= 0)) throw new TypeError('cacheBytes must be a number, or 0');
    if (!(typeof retryDelay === 'number' && retryDelay > 0)) throw new TypeError('retryDelay must be a positive number');
    for (const [name, value] of Object.entries({ onError, onLost })) {
      if (typeof value !== 'function') throw new TypeError(`${name} must be a function`);
    }
    this.#cache = new Cache(this.#fence === undefined ? 0 : cacheBytes);
    this.retryDelay = retryDelay;
    this.#onError = onError;
    this.#onLost = onLost;
    this.#access = access;
    const giveUp = () => this.#lose(givenUp(signal?.reason));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  }

  /**
   * @param {Changes} data
   * @returns {Promise<void>}
   */
  save(data) {
    const copy = check.dataChanges(data);
    if (this.#lost) throw this.#lost;
    if (Object.keys(copy).length === 0) return Promise.resolve();
    for (const layer of this.#loads) layer.merge(copy);
    return this.#settled((resolve, reject) => {
      let part = this.#parts.at(-1);
      if (!part?.takes(copy)) this.#parts.push((part = new Part()));
      part.add({ data: copy, resolve, reject });
    });
  }

  /** @returns {Promise<number>} */
  forget() {
    if (this.#lost) throw this.#lost;
    for (const layer of this.#loads) layer.forgetAll();
    return this.#settled((resolve, reject) => {
      const part = new Part();
      part.layer.forgetAll();
      part.saves.push({ data: {}, resolve, reject });
      this.#parts.push(part);
    });
  }

  async flush() {
    if (this.#parts.length > 0) this.#access.saves.hurry(this);
    await Promise.allSettled(this.#unsettled);
  }

  /**
   * @param {Keys|null} [keys]
   * @returns {Promise<Data>}
   */
  async load(keys) {
    const wanted = check.dataKeys(keys);
    for (;;) {
      if (this.#lost) throw this.#lost;
      const refusals = this.#refusals;
      const unsent = new Layer();
      for (const { layer, saves } of this.#parts) {
        if (layer.all) unsent.forgetAll();
        for (const { data } of saves) unsent.merge(data);
      }
      const { known, asked } = this.#split(wanted, unsent);
      /** @type {Data} */
      let stored = Object.create(null);
      if (!unsent.all && (asked === undefined || Object.keys(asked).length > 0)) {
        this.#loads.add(unsent);
        try {
          stored = this.#open(await this.#access.load(this.session_id, asked, { fence: this.#fence }));
        } catch (/** @type {any} */ error) {
          if (error.conflict || error.notFound) this.#lose(error);
          throw this.#lost ?? error;
        } finally {
          this.#loads.delete(unsent);
        }
        if (this.#lost) throw this.#lost;
        if (refusals !== this.#refusals) continue;
        this.#keep(stored, asked, unsent);
      }
      return answer(wanted, known, stored, unsent);
    }
  }

  /**
   * What is known without asking, and what is not.
   * @param {Keys|undefined} wanted
   * @param {Layer} unsent
   */
  #split(wanted, unsent) {
    /** @type {Data} */
    const known = Object.create(null);
    if (wanted === undefined) return { known, asked: undefined };
    /** @type {Keys} */
    const asked = Object.create(null);
    for (const [kind, keys] of Object.entries(wanted)) {
      if (keys === null) {
        if (!unsent.empties(kind)) asked[kind] = null;
        continue;
      }
      const unknown = [];
      known[kind] = Object.create(null);
      for (const key of keys) {
        if (unsent.get(kind, key) !== undefined) continue;
        const value = this.#cache.get(kind, key);
        if (value === undefined) unknown.push(key);
        else if (value !== null) known[kind][key] = value;
      }
      if (unknown.length > 0) asked[kind] = unknown;
    }
    return { known, asked };
  }

  /** @param {Data} sealed */
  #open(sealed) {
    /** @type {Data} */
    const opened = Object.create(null);
    for (const [kind, values] of Object.entries(sealed)) {
      opened[kind] = Object.create(null);
      for (const [key, value] of Object.entries(values)) {
        opened[kind][key] = this.#sealer.open([this.session_id, kind, key], value);
      }
    }
    return opened;
  }

  /**
   * Keeps what the database answered, but for what was saved meanwhile.
   * @param {Data} stored
   * @param {Keys|undefined} asked
   * @param {Layer} unsent
   */
  #keep(stored, asked, unsent) {
    for (const kind of Object.keys(asked ?? stored)) {
      const there = stored[kind] ?? {};
      for (const key of asked?.[kind] ?? Object.keys(there)) {
        if (unsent.get(kind, key) === undefined) this.#cache.set(kind, key, there[key] ?? null);
      }
    }
  }

  /**
   * Adds a part to the queue, and resolves or rejects when that is done.
   * @param {(resolve: (result?: any) => void, reject: (error: unknown) => void) => void} add
   * @returns {Promise<any>}
   */
  #settled(add) {
    const promise = new Promise(add);
    this.#unsettled.add(promise);
    const settle = () => void this.#unsettled.delete(promise);
    promise.then(settle, settle);
    this.#go();
    return promise;
  }

  #go() {
    if (!this.#lost && !this.#forgetting && this.#parts.length > 0) this.#access.saves.add(this);
  }

  get bytes() {
    return this.#parts[0]?.layer.bytes ?? 0;
  }

  /** @returns {import('./types.js').BotSessionSave|null} */
  take() {
    while (!this.#lost && !this.#forgetting && this.#parts.length > 0) {
      const [part] = this.#parts;
      part.closed = true;
      if (part.layer.all) {
        this.#forgetting = true;
        this.#cache.clear();
        this.#access.forget(this.session_id, { fence: this.#fence }).then(
          (rows) => this.#written(rows),
          (error) => this.#access.saves.failed([this], error),
        );
        return null;
      }
      const data = this.#changed(part.layer);
      if (Object.keys(data).length > 0) return { session_id: this.session_id, data, fence: this.#fence };
      this.#parts.shift();
      for (const { resolve } of part.saves) resolve();
    }
    return null;
  }

  /**
   * What of it is not known to be stored, sealed. From here until the answer comes nobody knows what is stored of that.
   * @param {Layer} layer
   */
  #changed(layer) {
    /** @type {Changes} */
    const data = Object.create(null);
    for (const kind of layer.kinds()) {
      if (layer.empties(kind)) {
        data[kind] = null;
        this.#cache.deleteKind(kind);
        continue;
      }
      /** @type {Record<string, string|null>} */
      const values = Object.create(null);
      for (const [key, value] of layer.entries(kind)) {
        if (this.#cache.get(kind, key) === value) continue;
        values[key] = value === null ? null : this.#sealer.seal([this.session_id, kind, key], value);
        this.#cache.delete(kind, key);
      }
      if (Object.keys(values).length > 0) data[kind] = values;
    }
    return data;
  }

  /** @param {import('./types.js').BotSessionSaved} saved */
  answered({ refused }) {
    if (refused !== undefined) this.refused(new BotSessionsError('save', { code: refused, message: refusals[refused] ?? 'refused' }));
    else this.#written();
  }

  /** @param {number} [rows] */
  #written(rows) {
    if (this.#lost) return;
    const part = /** @type {Part} */ (this.#parts.shift());
    for (const kind of part.layer.kinds()) {
      for (const [key, value] of part.layer.entries(kind)) this.#cache.set(kind, key, value);
    }
    this.#forgetting = false;
    this.#told = false;
    for (const { resolve } of part.saves) resolve(rows);
    this.#go();
  }

  /**
   * @param {any} error
   * @param {boolean} final
   */
  failed(error, final) {
    if (this.#lost) return false;
    this.#forgetting = false;
    this.#parts[0].closed = false;
    if (final && !this.#told) this.#tell(error);
    this.#told ||= final;
    return true;
  }

  /** @param {any} error */
  refused(error) {
    if (this.#lost) return;
    this.#forgetting = false;
    if (error.conflict || error.notFound) return this.#lose(error);
    const [part] = this.#parts;
    this.#parts.shift();
    if (part.saves.length > 1) {
      // One of them is the reason, and takes no other with it.
      const parts = part.saves.map((save) => {
        const single = new Part();
        single.add(save);
        single.closed = true;
        return single;
      });
      this.#parts.unshift(...parts);
    } else {
      this.#refusals++;
      this.#tell(error);
      part.saves[0].reject(error);
    }
    this.#go();
  }

  /** @param {unknown} error */
  #lose(error) {
    if (this.#lost) return;
    this.#lost = error;
    this.#cache.clear();
    for (const { saves } of this.#parts.splice(0)) for (const { reject } of saves) reject(this.#lost);
    this.#call(this.#onLost, this.#lost);
  }

  /** @param {unknown} error */
  #tell(error) {
    this.#call(this.#onError, error);
  }

  /**
   * Neither an error of a listener nor its rejection is one of the store.
   * @param {(error: unknown) => unknown} listener
   * @param {unknown} error
   */
  #call(listener, error) {
    void (async () => listener(error))().catch(ignore);
  }
}

/** @type {Record<string, string>} */
const refusals = {
  PT404: 'session not found',
  PT409: 'the session has ended, or is run by another worker',
};

/**
 * Whatever the reason is, it is told as a conflict.
 * @param {any} reason
 */
function givenUp(reason) {
  if (reason?.conflict || reason?.notFound) return reason;
  return new BotSessionsError('store', { code: 'PT409', message: 'the session was given up', cause: reason });
}

/**
 * @param {Keys|undefined} wanted
 * @param {Data} known
 * @param {Data} stored
 * @param {Layer} unsent
 */
function answer(wanted, known, stored, unsent) {
  /** @type {Data} */
  const data = Object.create(null);
  for (const kind of new Set(wanted ? Object.keys(wanted) : [...Object.keys(stored), ...unsent.kinds()])) {
    const keys = wanted?.[kind];
    /** @type {Record<string, string>} */
    const values = Object.create(null);
    const put = (/** @type {string} */ key, /** @type {string|null|undefined} */ value) => {
      if (typeof value === 'string') values[key] = value;
    };
    if (keys) {
      for (const key of keys) {
        const own = unsent.get(kind, key);
        put(key, own === undefined ? (known[kind]?.[key] ?? stored[kind]?.[key]) : own);
      }
    } else {
      for (const [key, value] of Object.entries(stored[kind] ?? {})) if (unsent.get(kind, key) === undefined) put(key, value);
      for (const [key, value] of unsent.entries(kind)) put(key, value);
    }
    if (Object.keys(values).length > 0) data[kind] = values;
  }
  return data;
}
