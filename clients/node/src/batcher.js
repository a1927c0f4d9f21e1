/**
 * Collects items while a request is under way, and sends them together with the next one.
 * @template Item, Result
 */
export class Batcher {
  #send;
  #size;
  /** @type {{ item: Item, resolve: (result: Result) => void, reject: (error: unknown) => void }[]} */
  #waiting = [];
  #sending = false;

  /**
   * @param {(items: Item[]) => Promise<Result[]>} send one result for each item
   * @param {number} size items at most in one request
   */
  constructor(send, size) {
    this.#send = send;
    this.#size = size;
  }

  /**
   * @param {Item} item
   * @returns {Promise<Result>}
   */
  add(item) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#sending) void this.#run();
    });
  }

  async #run() {
    this.#sending = true;
    await null; // what comes in the same moment goes together
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#size);
      try {
        const results = await this.#send(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, i) => resolve(results[i]));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#sending = false;
  }
}
