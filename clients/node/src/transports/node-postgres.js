import { Failure } from '../errors.js';
import { ignore, inTime } from '../time.js';
import { noAnswerInTime } from './transport.js';

/**
 * What is used of a pool of node-postgres.
 * @typedef {object} PoolLike
 * @property {() => Promise<any>} connect
 * @property {(event: any, listener: (...args: any[]) => void) => unknown} on
 */

/**
 * Statements through a pool of node-postgres. Rows are asked for as JSON, so they are what PostgREST gives.
 * @param {{ pool: PoolLike, schema: string }} options
 * @returns {import('./transport.js').Transport}
 */
export function nodePostgres({ pool, schema }) {
  if (typeof pool?.connect !== 'function' || typeof pool.on !== 'function') {
    throw new TypeError('pool must be a Pool of node-postgres');
  }
  if (!guarded.has(pool)) pool.on('error', ignore);
  guarded.add(pool);

  /**
   * @param {string} text
   * @param {unknown[]} values
   * @param {number} timeout
   * @returns {Promise<any[]>}
   */
  async function send(text, values, timeout) {
    const late = performance.now() + timeout;
    const soon = (/** @type {Promise<any>} */ task) => inTime(task, late - performance.now(), () => noAnswerInTime(timeout));
    try {
      const connecting = pool.connect();
      const client = await soon(connecting).catch((error) => {
        connecting.then((client) => client.release(), ignore); // one that comes later goes back, and nothing is sent over it
        throw error;
      });
      client.on('error', ignore); // the statement that it breaks under has the error too
      try {
        const { rows } = await soon(client.query({ text, values, rowMode: 'array' }));
        client.off('error', ignore);
        client.release();
        return rows.map((/** @type {[string]} */ [json]) => JSON.parse(json));
      } catch (error) {
        // What the server refused leaves the connection as it was; any other is closed.
        const { code } = factsOf(error);
        const usable = code && !/^(08|57P)/.test(code);
        if (usable) client.off('error', ignore);
        client.release(!usable);
        throw error;
      }
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(factsOf(error));
    }
  }

  return {
    async call(name, args, query, timeout) {
      const given = Object.entries(args).filter(([, value]) => value !== undefined);
      const values = given.map(([, value]) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value));
      const list = given.map(([argument], i) => `${argument} => $${i + 1}`).join(', ');
      const text = `select to_json(r)::text from ${identifier(schema)}.${name}(${list}) as r`;
      const rows = await send(text + clauses(query, values), values, timeout);
      return query.set || query.limit !== undefined ? rows : rows[0];
    },

    read(table, query, timeout) {
      /** @type {unknown[]} */
      const values = [];
      const row = query.columns ? `json_build_object(${query.columns.map((name) => `'${name}', r.${name}`).join(', ')})` : 'to_json(r)';
      const text = `select ${row}::text from ${identifier(schema)}.${table} as r`;
      return send(text + clauses(query, values), values, timeout);
    },

    remove(table, query, timeout) {
      /** @type {unknown[]} */
      const values = [];
      return send(`delete from ${identifier(schema)}.${table} as r${clauses(query, values)}${returning}`, values, timeout);
    },

    update(table, query, changes, timeout) {
      /** @type {unknown[]} */
      const values = [];
      const set = Object.entries(changes).map(([column, value]) => `${column} = $${values.push(value)}`);
      const text = `update ${identifier(schema)}.${table} as r set ${set.join(', ')}`;
      return send(text + clauses(query, values) + returning, values, timeout);
    },
  };
}

/**
 * Pools that have a listener. Without one, an idle connection that breaks would end the process; the pool replaces it.
 * @type {WeakSet<PoolLike>}
 */
const guarded = new WeakSet();

const returning = " returning json_build_object('session_id', session_id)::text";

const operators = { eq: '=', neq: '<>', gt: '>', lt: '<', 'not.like': 'not like' };

/**
 * @param {import('./transport.js').Query} query
 * @param {unknown[]} values gets those that the clauses name
 */
function clauses({ where = [], order, descending, limit }, values) {
  const conditions = where.map(([column, operator, value]) => `r.${column} ${operators[operator]} $${values.push(value)}`);
  return (
    (conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '') +
    (order ? ` order by r.${order}${descending ? ' desc' : ''}` : '') +
    (limit === undefined ? '' : ` limit $${values.push(limit)}`)
  );
}

/** @param {string} name */
const identifier = (name) => `"${name.replaceAll('"', '""')}"`;

/**
 * Of an error of the server, its fields; of any other, that no answer came.
 * @param {any} error
 * @returns {import('../errors.js').FailureFacts}
 */
function factsOf(error) {
  const { message, code, detail, hint, severity } = error;
  if (typeof severity === 'string' && /^[0-9A-Z]{5}$/.test(code)) return { message, code, details: detail, hint };
  return { message: `no answer: ${message || code}`, cause: error };
}
