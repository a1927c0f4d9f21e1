import { Failure } from '../errors.js';
import { assertComplete, noAnswerInTime, refusal } from './transport.js';

/**
 * PostgREST by fetch, without a client library.
 * @param {{ url: string, key: string, schema: string }} options
 * @returns {import('./transport.js').Transport}
 */
export function postgrest({ url, key, schema }) {
  const base = baseUrl(url);
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new TypeError('key must be the service key: visible ASCII characters, no space or line break');
  }
  const headers = {
    apikey: key,
    authorization: `Bearer ${key}`,
    accept: 'application/json',
    'content-type': 'application/json',
    'accept-profile': schema,
    'content-profile': schema,
  };

  /**
   * @param {string} method
   * @param {string} path
   * @param {{ params: URLSearchParams, prefer?: string, body?: string }} request
   * @param {number} timeout
   * @returns {Promise<{ body: any, status: number, total: number|null }>}
   */
  async function send(method, path, { params, prefer, body }, timeout) {
    const signal = AbortSignal.timeout(timeout);
    let response, text;
    try {
      response = await fetch(`${base}/${path}?${params}`, {
        // A redirect would make a GET of a POST.
        method, body, signal, redirect: 'manual', headers: prefer ? { ...headers, prefer } : headers,
      });
      text = await response.text();
    } catch (error) {
      if (signal.aborted) throw noAnswerInTime(timeout, error);
      const { cause, message } = /** @type {{ cause?: any, message: string }} */ (error);
      throw new Failure({ message: `no answer: ${cause?.message || cause?.code || message}`, cause: error });
    }
    const { status } = response;
    const answer = parse(text);
    if (!response.ok) throw refusal(status, answer);
    if (answer === undefined) throw new Failure({ message: 'the answer is not of PostgREST', status });
    return { body: answer, status, total: totalOf(response.headers.get('content-range')) };
  }

  /**
   * @param {string} method
   * @param {string} table
   * @param {import('./transport.js').Query} query
   * @param {string|undefined} body
   * @param {number} timeout
   */
  async function change(method, table, query, body, timeout) {
    const params = parameters({ ...query, columns: ['session_id'] });
    return (await send(method, table, { params, prefer: 'return=representation', body }, timeout)).body;
  }

  return {
    async call(name, args, query, timeout) {
      const request = { params: parameters(query), body: JSON.stringify(args), prefer: query.set ? 'count=exact' : undefined };
      const { body, status, total } = await send('POST', `rpc/${name}`, request, timeout);
      if (query.set) assertComplete(body, total, status);
      return body;
    },

    async read(table, query, timeout) {
      const { body } = await send('GET', table, { params: parameters(query) }, timeout);
      return body;
    },

    remove: (table, query, timeout) => change('DELETE', table, query, undefined, timeout),

    update: (table, query, changes, timeout) => change('PATCH', table, query, JSON.stringify(changes), timeout),
  };
}

/** @param {string} url that of a Supabase project, or of PostgREST up to and with /rest/v1 */
function baseUrl(url) {
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:/.test(url)) {
    throw new TypeError('url must be that of the project, for example https://your-project.supabase.co');
  }
  const { username, password, search, hash } = new URL(url);
  if (username || password || search || hash) throw new TypeError('url must have no user, password, query or fragment');
  return `${url.replace(/\/+$/, '').replace(/\/rest\/v1$/, '')}/rest/v1`;
}

/** @param {import('./transport.js').Query} query */
function parameters({ columns, where = [], order, descending, limit }) {
  const params = new URLSearchParams();
  if (columns) params.set('select', columns.join());
  for (const [column, operator, value] of where) params.append(column, `${operator}.${value}`);
  if (order) params.set('order', `${order}.${descending ? 'desc' : 'asc'}`);
  if (limit !== undefined) params.set('limit', String(limit));
  return params;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string|null} range for example 0-2/4, or *&#47;0 */
function totalOf(range) {
  const total = /\/(\d+)$/.exec(range ?? '')?.[1];
  return total === undefined ? null : Number(total);
}
