import { CodeWatch } from '../command/code-watch.js';
import { kindOf } from '../command/problem.js';

const fresh = 1000; // several tabs share an answer
const historyAfter = 10_000;
const staleAfter = 300_000;
const most = 1000; // sessions whose codes are followed

/** What the page shows of one session. The code is told here and nowhere else. */
export class Chosen {
  #known = new Map();

  constructor({ repository, looks, sessions, life, now = () => performance.now() }) {
    Object.assign(this, { repository, looks, sessions, life, now });
  }

  /** @param {boolean} [first] the session was just chosen: what is read once is read again */
  async read(id, first = false) {
    const known = this.#find(id);
    const now = this.now();
    if (!known.reading && (first || known.at === undefined || now - known.at >= fresh)) {
      known.reading = this.#refresh(known, first).finally(() => (known.reading = null));
    }
    await known.reading;
    const { row, lease, history, data, error } = known;
    if (error || row === undefined) return { error: error ?? 'other' };
    if (row === null) return { session_id: id, unknown: true, history };
    const time = this.sessions.time;
    const code = known.codes.current;
    return {
      session_id: id,
      state: stateOf(row, lease, time),
      last_message: row.last_message,
      created: Date.parse(row.created_at),
      updated: Date.parse(row.updated_at),
      time,
      lease: lease && {
        worker: lease.worker,
        fence: lease.fence,
        expires: lease.expires_at && Date.parse(lease.expires_at),
      },
      code: code && { text: code.text, age: code.age, life: code.life },
      gone: known.codes.goneFor,
      has_data: this.sessions.row(id)?.has_data ?? null,
      data,
      history,
    };
  }

  forget(id) {
    this.#known.delete(id);
  }

  #find(id) {
    const known = this.#known.get(id) ?? { id, codes: new CodeWatch({ life: this.life, now: this.now }), data: null };
    this.#known.delete(id);
    this.#known.set(id, known); // the last that was asked for goes last
    if (this.#known.size > most) this.#known.delete(this.#known.keys().next().value);
    return known;
  }

  async #refresh(known, first) {
    const { id } = known;
    try {
      await this.sessions.ready();
      const [row, lease] = await Promise.all([this.repository.read(id), this.looks.lease(id)]);
      known.codes.observe(row?.qr_data || null, this.sessions.time - Date.parse(row?.updated_at));
      const mark = JSON.stringify([row?.updated_at, row?.status, lease]);
      if (first || mark !== known.mark || this.now() - known.historyAt > historyAfter) {
        const events = await this.repository.history(id, { limit: 50 });
        known.history = events.reverse().map(({ event_id, event, reason, actor_role, actor_sub, happened_at }) => ({
          event_id,
          event,
          reason,
          role: actor_role,
          sub: actor_sub,
          at: Date.parse(happened_at),
        }));
        known.historyAt = this.now();
        known.mark = mark;
      }
      if (first && this.looks.sizes) known.data = await this.looks.data(id);
      Object.assign(known, { row, lease, error: null, at: this.now() });
    } catch (error) {
      Object.assign(known, { error: kindOf(error), at: this.now() });
    }
  }
}

/** As bot_session_overview has it, by the time that is known here. */
export function stateOf(row, lease, time) {
  if (row.status !== 'active') return 'ended';
  const until = lease && (lease.expires_at ?? lease.released_at);
  if (until && Date.parse(until) <= time) return 'orphaned';
  if (time - Date.parse(row.updated_at) > staleAfter) return 'stale';
  return row.qr_data ? 'awaiting_qr' : 'running';
}
