import { backOff, ignore } from './time.js';

/**
 * Whoever sends through requests that it shares with others. It is asked for an item when a request is made, for the same or
 * a newer one when that was not answered, and adds itself again where it has more after the answer.
 * @template Item, Answer
 * @typedef {object} Sender
 * @property {string} session_id
 * @property {number} bytes about the size of what it sends next
 * @property {number} retryDelay ms until what passes by itself is sent again, longer each time
 * @property {() => Item|null} take what it sends now, if there is something
 * @property {(answer: Answer) => void} answered
 * @property {(error: any) => void} refused for good
 * @property {(error: any, final: boolean) => boolean} failed for now, and whether it is sent again; `final` where no
 *   smaller request would tell more
 */

/**
 * @template Item, Answer
 * @typedef {{ senders: Set<Sender<Item, Answer>>, due: number, tries: number }} Group that goes in one request, if it fits
 */

const mostItems = 500;
/** What a proxy lets through, as a rule. */
export const mostBytes = 1_000_000;
const longestWait = 10_000;

/**
 * One request is under way; what comes meanwhile goes with the next. A batch that fails for what one item may be the
 * reason of is sent in halves, by turns with what is fresh, so that it keeps nobody else waiting.
 * @template Item, Answer
 */
export class SharedRequests {
  #ask;
  #onFailure;
  #parallel;
  /** @type {Group<Item, Answer>} */
  #fresh = { senders: new Set(), due: 0, tries: 0 };
  /**
   * Of batches that could not be sent as a whole.
   * @type {Group<Item, Answer>[]}
   */
  #parts = [];
  #partTurn = false;
  /**
   * Their next try does not wait.
   * @type {WeakSet<Sender<Item, Answer>>}
   */
  #hurried = new WeakSet();
  /** @type {Set<Sender<Item, Answer>>} */
  #underWay = new Set();
  #running = false;
  #failures = 0;
  /** @type {NodeJS.Timeout|undefined} */
  #timer;

  /**
   * @param {(items: Item[]) => Promise<Answer[]>} ask one answer for each item
   * @param {object} [options]
   * @param {(error: any, senders: Sender<Item, Answer>[]) => void} [options.onFailure] gets each that passes by itself
   * @param {boolean} [options.parallel] what is fresh does not wait for the answers to parts
   */
  constructor(ask, { onFailure = ignore, parallel = false } = {}) {
    this.#ask = ask;
    this.#onFailure = onFailure;
    this.#parallel = parallel;
  }

  /** @param {Sender<Item, Answer>} sender that has something to send */
  add(sender) {
    if (this.#underWay.has(sender) || this.#parts.some(({ senders }) => senders.has(sender))) return;
    this.#fresh.senders.add(sender);
    void this.#run();
  }

  /** @param {Sender<Item, Answer>} sender whose next try is made at once */
  hurry(sender) {
    this.#hurried.add(sender);
    for (const group of [this.#fresh, ...this.#parts]) if (group.senders.has(sender)) group.due = 0;
    void this.#run();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve)); // what comes in one turn goes together
      const group = this.#next();
      if (!group) break;
      const sent = this.#send(group);
      if (group === this.#fresh || !this.#parallel) await sent;
    }
    this.#running = false;
  }

  #next() {
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#parts = this.#parts.filter(({ senders }) => senders.size > 0);
    const groups = this.#fresh.senders.size > 0 ? [this.#fresh, ...this.#parts] : this.#parts;
    const due = groups.filter((group) => group.due <= now);
    const next = (!this.#partTurn && due.find((group) => group !== this.#fresh)) || due[0];
    this.#partTurn = next !== undefined && next !== this.#fresh;
    if (!next && groups.length > 0) {
      this.#timer = setTimeout(() => void this.#run(), Math.min(...groups.map((group) => group.due)) - now);
    }
    return next;
  }

  /** @param {Group<Item, Answer>} group */
  async #send({ senders, tries }) {
    /** @type {Sender<Item, Answer>[]} */
    const asking = [];
    const items = [];
    let bytes = 0;
    for (const sender of senders) {
      const size = sender.bytes;
      if (items.length === mostItems || (items.length > 0 && bytes + size > mostBytes)) break;
      senders.delete(sender);
      this.#hurried.delete(sender);
      const item = sender.take();
      if (item === null) continue;
      this.#underWay.add(sender);
      bytes += size;
      asking.push(sender);
      items.push(item);
    }
    if (items.length === 0) return;
    let answers;
    try {
      answers = await this.#ask(items);
      if (answers.length !== items.length) throw new Error(`${answers.length} answers to ${items.length} items`);
    } catch (error) {
      return this.failed(asking, error, tries);
    }
    this.#failures = 0;
    for (const [i, sender] of asking.entries()) {
      this.#underWay.delete(sender);
      sender.answered(answers[i]);
    }
  }

  /**
   * What becomes of those whose request has failed.
   * @param {Sender<Item, Answer>[]} senders
   * @param {any} error
   * @param {number} [tries] that were made before
   */
  failed(senders, error, tries = 0) {
    const { transient = false } = error;
    const ofAll = transient && !mayBeOfOne(error);
    const final = ofAll || senders.length === 1;
    for (const sender of senders) this.#underWay.delete(sender);
    if (transient) {
      this.#onFailure(error, senders);
      senders = senders.filter((sender) => sender.failed(error, final));
    }
    if (senders.length === 0) return;
    const delay = Math.min(...senders.map(({ retryDelay }) => retryDelay));
    if (ofAll) {
      for (const sender of senders) this.#fresh.senders.add(sender);
      this.#fresh.due = this.#later(this.#fresh.senders, delay, ++this.#failures);
    } else if (senders.length > 1) {
      const half = Math.ceil(senders.length / 2);
      for (const part of [senders.slice(0, half), senders.slice(half)]) {
        this.#parts.push({ senders: new Set(part), due: 0, tries: 0 });
      }
    } else if (transient) {
      this.#parts.push({ senders: new Set(senders), due: this.#later(senders, delay, tries + 1), tries: tries + 1 });
    } else {
      senders[0].refused(error);
    }
    void this.#run();
  }

  /**
   * @param {Iterable<Sender<Item, Answer>>} senders
   * @param {number} delay
   * @param {number} failures
   */
  #later(senders, delay, failures) {
    if ([...senders].some((sender) => this.#hurried.has(sender))) return 0;
    return performance.now() + backOff(delay, failures, longestWait);
  }
}

/**
 * Whether a single item may be the reason: it waits for a row that is locked, or is refused while the server is well.
 * @param {{ code?: string, timedOut?: boolean }} error
 */
const mayBeOfOne = ({ code = '', timedOut }) => timedOut || (/^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57P|25|0A|42)/.test(code));
