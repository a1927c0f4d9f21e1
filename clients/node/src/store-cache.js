/** What is stored under the fence, as far as it is known: the newest of it, up to so many bytes. */
export class Cache {
  #most;
  #bytes = 0;
  /**
   * By kind and key; null for a key that is not there. The newest is the last.
   * @type {Map<string, string|null>}
   */
  #values = new Map();

  /** @param {number} most bytes; 0: nothing is kept */
  constructor(most) {
    this.#most = most;
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @returns {string|null|undefined} undefined where it is not known
   */
  get(kind, key) {
    const name = nameOf(kind, key);
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    this.#values.delete(name);
    this.#values.set(name, value);
    return value;
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @param {string|null} value
   */
  set(kind, key, value) {
    this.delete(kind, key);
    const name = nameOf(kind, key);
    if (size(name, value) > this.#most) return;
    this.#values.set(name, value);
    this.#bytes += size(name, value);
    for (const [oldest] of this.#values) {
      if (this.#bytes <= this.#most) break;
      this.#remove(oldest);
    }
  }

  /**
   * @param {string} kind
   * @param {string} key
   */
  delete(kind, key) {
    this.#remove(nameOf(kind, key));
  }

  /** @param {string} kind */
  deleteKind(kind) {
    for (const name of [...this.#values.keys()]) if (name.startsWith(`${kind}\0`)) this.#remove(name);
  }

  clear() {
    this.#values.clear();
    this.#bytes = 0;
  }

  /** @param {string} name */
  #remove(name) {
    const value = this.#values.get(name);
    if (value === undefined) return;
    this.#values.delete(name);
    this.#bytes -= size(name, value);
  }
}

/**
 * Neither holds a NUL character.
 * @param {string} kind
 * @param {string} key
 */
const nameOf = (kind, key) => `${kind}\0${key}`;

/**
 * As JavaScript keeps it, two bytes a character at most, and what an entry takes besides.
 * @param {string} name
 * @param {string|null} value
 */
const size = (name, value) => 2 * (name.length + (value?.length ?? 0)) + 64;
