/**
 * How old a QR code is, as far as it is known. Nothing is guessed: what the database says of the row's last update,
 * and since when this process has seen the code, give an age that it has at least.
 */
export class CodeWatch {
  #code = null;
  #replaced = false;
  #bornBefore = 0;
  #goneSince = null;

  /**
   * @param {{ life?: number, now?: () => number }} [options] ms that a code lives; by default 60 s, and 20 s for one
   *   that came in place of another
   */
  constructor({ life, now = () => performance.now() } = {}) {
    this.life = life;
    this.now = now;
  }

  /**
   * @param {string|null} code what the row holds
   * @param {number} [idle] ms since the row's last update, at least, by the database's clock; NaN where that is unknown
   */
  observe(code, idle = NaN) {
    const age = idle > 0 ? idle : 0;
    const now = this.now();
    if (code === this.#code) {
      if (code) this.#bornBefore = Math.min(this.#bornBefore, now - age);
    } else {
      this.#replaced = code !== null && this.#code !== null;
      this.#goneSince = code === null ? now : null;
      this.#bornBefore = now - age;
      this.#code = code;
    }
    return this;
  }

  /** ms since a code was seen to be taken away and none followed; undefined where that is not so. */
  get goneFor() {
    return this.#goneSince === null ? undefined : this.now() - this.#goneSince;
  }

  /** The code with its least age and most time left in ms; null where there is none. */
  get current() {
    if (this.#code === null) return null;
    const life = this.life ?? (this.#replaced ? 20_000 : 60_000);
    const age = this.now() - this.#bornBefore;
    return {
      text: this.#code,
      age,
      life,
      left: Math.max(0, life - age),
      expired: age >= life,
      replaced: this.#replaced,
    };
  }
}
