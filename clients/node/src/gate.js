/** Lets only so many through at once. One that hangs gives its place away after a while. */
export class Gate {
  #patience;
  /** @type {(() => void)[]} */
  #queue = [];

  /**
   * @param {number} places
   * @param {number} patience ms that a task may hold its place
   */
  constructor(places, patience) {
    /** Places that nobody holds. */
    this.free = places;
    this.#patience = patience;
  }

  /**
   * @template Result
   * @param {() => Promise<Result>} task
   * @returns {Promise<Result>}
   */
  async through(task) {
    await this.#enter();
    let inside = true;
    const leave = () => {
      if (inside) this.#leave();
      inside = false;
    };
    const timer = setTimeout(leave, this.#patience).unref();
    try {
      return await task();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  /** Waits until a place is free, and leaves it so. */
  async untilFree() {
    while (this.free <= 0) {
      await this.#enter();
      this.#leave();
    }
  }

  /** @returns {Promise<void>|undefined} */
  #enter() {
    if (this.free > 0) {
      this.free--;
      return;
    }
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  /** The place goes to whoever waits longest. */
  #leave() {
    const next = this.#queue.shift();
    if (next) next();
    else this.free++;
  }
}
