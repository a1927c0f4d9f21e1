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
export function nodePostgres({ pool, schema }: {
    pool: PoolLike;
    schema: string;
}): import("./transport.js").Transport;
/**
 * What is used of a pool of node-postgres.
 */
export type PoolLike = {
    connect: () => Promise<any>;
    on: (event: any, listener: (...args: any[]) => void) => unknown;
};
