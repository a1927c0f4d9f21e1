/**
 * A way to the database. It throws a Failure where it got no answer, or one that says so.
 * @typedef {object} Transport
 * @property {(name: string, args: Arguments, query: Query, timeout: number) => Promise<any>} call a function: the value
 *   or the row that it returns, or an array of rows
 * @property {(table: string, query: Query, timeout: number) => Promise<any[]>} read rows of a table
 * @property {(table: string, query: Query, timeout: number) => Promise<any[]>} remove rows: the session_id of each
 * @property {(table: string, query: Query, changes: Record<string, string>, timeout: number) => Promise<any[]>} update
 *   rows: the session_id of each
 */

/** @typedef {Record<string, unknown>} Arguments by name; those that are undefined are not sent */

/**
 * Which rows of a table, or of a function that returns a set.
 * @typedef {object} Query
 * @property {boolean} [set] all of them are wanted: an answer that was cut is an error
 * @property {string[]} [columns] of a table; all where they are left out
 * @property {[column: string, operator: 'eq'|'neq'|'gt'|'lt'|'not.like', value: string|number][]} [where]
 * @property {string} [order] column
 * @property {boolean} [descending]
 * @property {number} [limit]
 */

import { Failure } from '../errors.js';

/**
 * PostgREST cuts a set at its db-max-rows without a word; the count that comes with it tells.
 * @param {unknown[]} rows
 * @param {number|null} total
 * @param {number} [status]
 */
export function assertComplete(rows, total, status) {
  if (total === rows.length) return;
  if (total === null) throw new Failure({ status, message: 'the answer has no count: it is not of PostgREST' });
  const message = `of ${total} rows ${rows.length} were returned: pageSize is above db-max-rows`;
  throw new Failure({ code: 'pageSize', status, message });
}

/**
 * What an answer says that is not a success; a page of a gateway is not shown.
 * @param {number} status
 * @param {any} body
 */
export function refusal(status, body) {
  const { code, message, details, hint } = body ?? {};
  const isOfDatabase = typeof code === 'string' && code !== '';
  return new Failure({
    message: typeof message === 'string' && message !== '' && !message.startsWith('<') ? message : `HTTP status ${status}`,
    code: isOfDatabase ? code : undefined,
    status,
    details: isOfDatabase ? details : undefined,
    hint,
  });
}

/**
 * @param {number} timeout
 * @param {unknown} [cause]
 */
export const noAnswerInTime = (timeout, cause) =>
  new Failure({ message: `no answer in ${timeout} ms`, timedOut: true, cause });
