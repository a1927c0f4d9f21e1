/**
 * PostgREST cuts a set at its db-max-rows without a word; the count that comes with it tells.
 * @param {unknown[]} rows
 * @param {number|null} total
 * @param {number} [status]
 */
export function assertComplete(rows: unknown[], total: number | null, status?: number): void;
/**
 * What an answer says that is not a success; a page of a gateway is not shown.
 * @param {number} status
 * @param {any} body
 */
export function refusal(status: number, body: any): Failure;
export function noAnswerInTime(timeout: number, cause?: unknown): Failure;
/**
 * A way to the database. It throws a Failure where it got no answer, or one that says so.
 */
export type Transport = {
    /**
     * a function: the value
     * or the row that it returns, or an array of rows
     */
    call: (name: string, args: Arguments, query: Query, timeout: number) => Promise<any>;
    /**
     * rows of a table
     */
    read: (table: string, query: Query, timeout: number) => Promise<any[]>;
    /**
     * rows: the session_id of each
     */
    remove: (table: string, query: Query, timeout: number) => Promise<any[]>;
    /**
     *   rows: the session_id of each
     */
    update: (table: string, query: Query, changes: Record<string, string>, timeout: number) => Promise<any[]>;
};
/**
 * by name; those that are undefined are not sent
 */
export type Arguments = Record<string, unknown>;
/**
 * Which rows of a table, or of a function that returns a set.
 */
export type Query = {
    /**
     * all of them are wanted: an answer that was cut is an error
     */
    set?: boolean | undefined;
    /**
     * of a table; all where they are left out
     */
    columns?: string[] | undefined;
    where?: [column: string, operator: "eq" | "neq" | "gt" | "lt" | "not.like", value: string | number][] | undefined;
    /**
     * column
     */
    order?: string | undefined;
    descending?: boolean | undefined;
    limit?: number | undefined;
};
import { Failure } from '../errors.js';
