/** What the command looks at through PostgREST beyond the repository. */
export class Rest {
  #base;
  #headers;
  #timeout;

  constructor({ url, key, schema, timeout }) {
    this.#base = `${url.replace(/\/+$/, '').replace(/\/rest\/v1$/, '')}/rest/v1`;
    this.#headers = { apikey: key, authorization: `Bearer ${key}`, accept: 'application/json', 'accept-profile': schema, 'content-profile': schema };
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
      throw Object.assign(new Error(message ?? `HTTP status ${response.status}`), { code, hint, status: response.status, transient: response.status >= 500 });
    }
    return { rows: body, total: Number(/\/(\d+)$/.exec(response.headers.get('content-range'))?.[1]) };
  }

  async lease(session_id) {
    const { rows } = await this.get('bot_session_leases', { session_id: `eq.${session_id}`, select: 'worker,fence,expires_at' });
    return rows[0] ?? null;
  }

  /** Kinds with their counts: from one kind to the next by the primary key, no value is read. */
  async data(session_id) {
    const kinds = [];
    for (let after = []; ; ) {
      const where = { select: 'kind', session_id: `eq.${session_id}`, limit: '1' };
      const { rows: [next] } = await this.get('bot_session_data', [...Object.entries({ ...where, order: 'kind' }), ...after]);
      if (!next) return kinds;
      const { total } = await this.get('bot_session_data', { ...where, kind: `eq.${next.kind}` }, { count: true });
      kinds.push({ kind: next.kind, count: total });
      after = [['kind', `gt.${next.kind}`]];
    }
  }
}
