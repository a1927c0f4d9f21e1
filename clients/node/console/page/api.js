/** Why nothing came: 'gone' is the console's process, 'outside' that it was started anew; else what it said. */
export class Trouble extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

async function ask(path, options) {
  let response, body;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(30_000) });
    if (response.ok) body = await response.json();
  } catch {
    throw new Trouble('gone');
  }
  if (response.status === 401) throw new Trouble('outside');
  if (!response.ok) throw new Trouble('refused');
  return body;
}

export const getList = (version, chart) => ask(`/api/list?v=${version}&chart=${chart}`);
export const getSession = (id, first) => ask(`/api/session?id=${encodeURIComponent(id)}${first ? '&first' : ''}`);
export const endSession = (session) =>
  ask('/api/end', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(session) });

/**
 * Does something again and again while the page is seen: `work` gives the milliseconds until the next time. What it
 * throws is for it to handle.
 */
export class Loop {
  #work;
  #timer;
  #running = false;
  #again = false;

  constructor(work) {
    this.#work = work;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#timer);
      if (!document.hidden) this.now();
    });
  }

  async now() {
    clearTimeout(this.#timer);
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    let delay;
    do {
      this.#again = false;
      delay = await this.#work();
    } while (this.#again);
    this.#running = false;
    if (!document.hidden) this.#timer = setTimeout(() => this.now(), delay);
  }
}
