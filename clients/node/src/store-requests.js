/**
 * A store as its requests see it.
 * @typedef {object} Saver
 * @property {number} bytes about the size of what it sends next
 * @property {boolean} alone its last save came to no end in time: others do not wait for the next one
 * @property {() => import('./types.js').BotSessionSave|null} take what it sends now
 * @property {(answer: import('./types.js').BotSessionSaved) => void} answered
 * @property {(error: any) => void} failed
 */

/** @typedef {{ store: Saver, save: import('./types.js').BotSessionSave }} Sent */

const mostSaves = 500;
/** What a proxy lets through, as a rule. */
export const mostBytes = 1_000_000;

/** The requests that all stores of a repository share: one is under way, what comes meanwhile goes with the next. */
export class SaveRequests {
  #saveMany;
  /** @type {Set<Saver>} */
  #ready = new Set();
  #running = false;

  /** @param {(saves: import('./types.js').BotSessionSave[]) => Promise<import('./types.js').BotSessionSaved[]>} saveMany */
  constructor(saveMany) {
    this.#saveMany = saveMany;
  }

  /** @param {Saver} store that has something to send */
  add(store) {
    this.#ready.add(store);
    if (!this.#running) void this.#run();
  }

  async #run() {
    this.#running = true;
    while (this.#ready.size > 0) {
      await new Promise((resolve) => setImmediate(resolve)); // what comes in one turn goes together
      const batch = this.#next();
      if (batch.length > 0) await this.#send(batch);
    }
    this.#running = false;
  }

  #next() {
    /** @type {Sent[]} */
    const batch = [];
    let bytes = 0;
    for (const store of this.#ready) {
      if (batch.length === mostSaves || (batch.length > 0 && bytes + store.bytes > mostBytes)) break;
      this.#ready.delete(store);
      const size = store.bytes;
      const save = store.take();
      if (!save) continue;
      if (store.alone) {
        void this.#send([{ store, save }]);
        continue;
      }
      batch.push({ store, save });
      bytes += size;
    }
    return batch;
  }

  /** @param {Sent[]} batch */
  async #send(batch) {
    try {
      const answers = await this.#saveMany(batch.map(({ save }) => save));
      batch.forEach(({ store }, i) => store.answered(answers[i]));
    } catch (/** @type {any} */ error) {
      if (batch.length > 1 && (!error.transient || error.timedOut)) {
        // One of them may be the reason: in halves, for which the others do not wait.
        const half = Math.ceil(batch.length / 2);
        for (const part of [batch.slice(0, half), batch.slice(half)]) void this.#send(part);
        return;
      }
      for (const { store } of batch) store.failed(error);
    }
  }
}
