/**
 * @typedef {import('./types.js').BotSessionDataChanges} Changes
 */

/** What a series of saves comes to: of each key the newest value, or that it was deleted. */
export class Layer {
  /** About what it takes in a request: sealed, or with JSON's escapes. */
  bytes = 0;
  /** Whether everything that was there before is deleted. */
  all = false;
  /** @type {Map<string, { emptied: boolean, keys: Map<string, string|null> }>} */
  #kinds = new Map();

  /** @param {Changes} changes */
  merge(changes) {
    for (const [kind, values] of Object.entries(changes)) {
      if (values === null) {
        for (const [key, value] of this.#kinds.get(kind)?.keys ?? []) this.bytes -= size(key, value);
        this.#kinds.set(kind, { emptied: true, keys: new Map() });
        continue;
      }
      const keys = this.#kind(kind).keys;
      for (const [key, value] of Object.entries(values)) {
        const older = keys.get(key);
        if (older !== undefined) this.bytes -= size(key, older);
        this.bytes += size(key, value);
        keys.set(key, value);
      }
    }
  }

  forgetAll() {
    this.#kinds.clear();
    this.bytes = 0;
    this.all = true;
  }

  /**
   * Whether both can go in one request: a kind cannot be deleted and filled in the same.
   * @param {Changes} changes
   */
  takes(changes) {
    return Object.entries(changes).every(([kind, values]) => values === null || !this.#kinds.get(kind)?.emptied);
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @returns {string|null|undefined} null where it was deleted, undefined where nothing is known of it
   */
  get(kind, key) {
    const value = this.#kinds.get(kind)?.keys.get(key);
    return value === undefined && this.empties(kind) ? null : value;
  }

  /** @param {string} kind */
  empties(kind) {
    return this.all || this.#kinds.get(kind)?.emptied === true;
  }

  /** The kinds that it knows something of. */
  kinds() {
    return this.#kinds.keys();
  }

  /**
   * Values, and null for what was deleted by its key.
   * @param {string} kind
   * @returns {Iterable<[string, string|null]>}
   */
  entries(kind) {
    return this.#kinds.get(kind)?.keys ?? [];
  }

  /** @param {string} kind */
  #kind(kind) {
    let there = this.#kinds.get(kind);
    if (!there) this.#kinds.set(kind, (there = { emptied: false, keys: new Map() }));
    return there;
  }
}

/**
 * @param {string} key
 * @param {string|null} value
 */
const size = (key, value) => Math.ceil(1.4 * (Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value)))) + 64;

/**
 * @param {Changes} changes
 */
export function sizeOf(changes) {
  const layer = new Layer();
  layer.merge(changes);
  return layer.bytes;
}
