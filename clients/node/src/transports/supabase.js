import { Failure } from '../errors.js';
import { assertComplete, noAnswerInTime, refusal } from './transport.js';

/**
 * What is used of a supabase-js client.
 * @typedef {object} SupabaseLike
 * @property {(name: string) => { rpc: (...args: any[]) => any, from: (table: string) => any }} schema
 */

/**
 * PostgREST through a client of supabase-js.
 * @param {{ supabase: SupabaseLike, schema: string }} options
 * @returns {import('./transport.js').Transport}
 */
export function supabaseClient({ supabase, schema }) {
  if (typeof supabase?.schema !== 'function') throw new TypeError('supabase must be a client made by createClient');
  const client = supabase.schema(schema);

  /**
   * @param {any} request
   * @param {import('./transport.js').Query} query
   * @param {number} timeout
   * @returns {Promise<{ data: any, status: number, count: number|null }>}
   */
  async function send(request, { where = [], order, descending, limit }, timeout) {
    for (const [column, operator, value] of where) request = request.filter(column, operator, value);
    if (order) request = request.order(order, { ascending: !descending });
    if (limit !== undefined) request = request.limit(limit);
    // Later versions repeat a read that failed for some seconds. Whoever calls the repository decides about that.
    request = request.retry?.(false) ?? request;
    const signal = AbortSignal.timeout(timeout);
    const { data, error, status, count } = await request.abortSignal(signal);
    if (error && status) throw refusal(status, error);
    if (error && signal.aborted) throw noAnswerInTime(timeout, error);
    if (error && !error.message.startsWith('SyntaxError')) throw new Failure({ message: `no answer: ${error.message}`, cause: error });
    // A 404 without a body, which a gateway may send, is a success without data to the client library.
    if (error || data === null) throw new Failure({ message: 'the answer is not of PostgREST' });
    return { data, status, count };
  }

  /**
   * @param {any} request
   * @param {import('./transport.js').Query} query
   * @param {number} timeout
   */
  async function change(request, { where }, timeout) {
    const { data, status, count } = await send(request.select('session_id'), { where }, timeout);
    assertComplete(data, count, status);
    return data;
  }

  /** The same of a 404 with an empty array, so every answer with rows has to have PostgREST's count. */
  const counted = { count: 'planned' };

  return {
    async call(name, args, query, timeout) {
      const request = client.rpc(name, args, query.set ? { count: 'exact' } : query.limit === undefined ? {} : counted);
      const { data, status, count } = await send(request, query, timeout);
      if (query.set) assertComplete(data, count, status);
      return data;
    },

    async read(table, query, timeout) {
      const columns = query.columns?.join() ?? '*';
      const { data, count } = await send(client.from(table).select(columns, counted), query, timeout);
      if (count === null) throw new Failure({ message: 'the answer is not of PostgREST' });
      return data;
    },

    remove: (table, query, timeout) => change(client.from(table).delete({ count: 'exact' }), query, timeout),

    update: (table, query, changes, timeout) => change(client.from(table).update(changes, { count: 'exact' }), query, timeout),
  };
}
