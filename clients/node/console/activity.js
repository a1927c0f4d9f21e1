const hour = 3_600_000;
const hours = 24;
const refresh = 60_000;

/** Starts, recoveries and lost leases of the last 24 hours, by the hour. Read once a minute at most, while asked for. */
export class Activity {
  #version = 0;
  #reading = null;
  #nextAt = 0;
  #chart = null;

  constructor({ looks, now = () => performance.now() }) {
    Object.assign(this, { looks, now });
  }

  /** The chart where it is newer than that of the browser; else undefined. Only the first is waited for, a little. */
  async since(version) {
    const now = this.now();
    if (!this.#reading && now >= this.#nextAt) {
      this.#reading = this.#read()
        .catch(() => {})
        .finally(() => {
          this.#nextAt = this.now() + Math.max(refresh, 50 * (this.now() - now));
          this.#reading = null;
        });
    }
    if (!(version > 0)) await Promise.race([this.#reading, new Promise((done) => setTimeout(done, 500).unref())]);
    return this.#version > (version || 0) ? this.#chart : undefined;
  }

  async #read() {
    const { counts, since, time } = await this.looks.activity(hours);
    const last = Math.floor(time / hour);
    const byHour = new Map(
      counts.map(({ hour: number, starts, recoveries, lost }) => [number, [starts, recoveries, lost]]),
    );
    const bars = Array.from({ length: hours }, (_, i) => [
      (last - hours + 1 + i) * hour,
      ...(byHour.get(last - hours + 1 + i) ?? [0, 0, 0]),
    ]);
    this.#version++;
    this.#chart = { version: this.#version, bars, since: since > bars[0][0] ? since : null };
  }
}
