/** What the command looks at through PostgREST beyond the repository. */
export class Rest {
  #base;
  #headers;
  #timeout;
  #events = []; // the newest first

  constructor({ url, key, schema, timeout }) {
    this.#base = `${url.replace(/\/+$/, '').replace(/\/rest\/v1$/, '')}/rest/v1`;
    this.#headers = {
      apikey: key,
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      'accept-profile': schema,
      'content-profile': schema,
    };
    this.#timeout = timeout;
  }

  /** Rows, and how many there are where `count` is asked for. */
  async get(table, params, { count = false, post } = {}) {
    const response = await fetch(`${this.#base}/${table}?${new URLSearchParams(params)}`, {
      method: post === undefined ? 'GET' : 'POST',
      body: post === undefined ? undefined : JSON.stringify(post),
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#timeout),
      headers: {
        ...this.#headers,
        ...(count && { prefer: 'count=exact' }),
        ...(post !== undefined && { 'content-type': 'application/json' }),
      },
    });
    const body = await response.json().catch(() => undefined);
    if (!response.ok || body === undefined) {
      const { code, message, hint } = body ?? {};
      throw Object.assign(new Error(message ?? `HTTP status ${response.status}`), {
        code,
        hint,
        status: response.status,
        transient: response.status >= 500,
      });
    }
    return { rows: body, total: Number(/\/(\d+)$/.exec(response.headers.get('content-range'))?.[1]) };
  }

  /** What the page's title says of the database. */
  async name() {
    return new URL(this.#base).host;
  }

  async lease(session_id) {
    const { rows } = await this.get('bot_session_leases', {
      session_id: `eq.${session_id}`,
      select: 'worker,fence,expires_at,released_at',
    });
    return rows[0] ?? null;
  }

  /** Kinds with their counts: from one kind to the next by the primary key, no value is read. */
  async data(session_id) {
    const kinds = [];
    for (let after = []; ;) {
      const where = { select: 'kind', session_id: `eq.${session_id}`, limit: '1' };
      const {
        rows: [next],
      } = await this.get('bot_session_data', [...Object.entries({ ...where, order: 'kind' }), ...after]);
      if (!next) return kinds;
      const { total } = await this.get('bot_session_data', { ...where, kind: `eq.${next.kind}` }, { count: true });
      kinds.push({ kind: next.kind, count: total });
      after = [['kind', `gt.${next.kind}`]];
    }
  }

  /** Events by the hour, of the newest 10,000. Those that are known are not asked for again. */
  async activity(hours) {
    const most = 10_000;
    const newest = this.#events[0]?.event_id ?? -1;
    const found = [];
    for (let before = []; found.length < most; before = [['event_id', `lt.${found.at(-1).event_id}`]]) {
      const where = [
        ['select', 'event_id,event,happened_at'],
        ['order', 'event_id.desc'],
        ['limit', String(most - found.length)],
      ];
      const { rows } = await this.get('bot_session_events', [...where, ['event_id', `gt.${newest}`], ...before]);
      if (rows.length === 0) break;
      found.push(...rows);
    }
    this.#events = [...found, ...this.#events].slice(0, most);
    const counts = new Map();
    for (const { event, happened_at } of this.#events) {
      const name = series[event];
      if (!name) continue;
      const hour = Math.floor(Date.parse(happened_at) / 3_600_000);
      if (!counts.has(hour)) counts.set(hour, { hour, starts: 0, recoveries: 0, lost: 0 });
      counts.get(hour)[name]++;
    }
    const since = this.#events.length === most ? Date.parse(this.#events.at(-1).happened_at) : null;
    // This computer's clock says which hour it is: a request for the database's would be one more.
    return { counts: [...counts.values()], since, time: Date.now() };
  }
}

const series = { created: 'starts', reopened: 'starts', recovered: 'recoveries', lease_lost: 'lost' };
