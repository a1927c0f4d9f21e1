/**
 * What a task comes to, or an error where that takes too long.
 * @template Result
 * @param {Promise<Result>} task
 * @param {number} ms
 * @param {string|(() => Error)} failure
 * @returns {Promise<Result>}
 */
export function inTime<Result>(task: Promise<Result>, ms: number, failure: string | (() => Error)): Promise<Result>;
/**
 * Does a task every so often, never twice at once. Result: a function that stops it.
 * @param {number} ms
 * @param {() => Promise<unknown>} task
 * @param {(error: unknown) => void} onError
 */
export function every(ms: number, task: () => Promise<unknown>, onError: (error: unknown) => void): () => void;
export function ignore(): void;
/** The longest time that a timer can take. */
export const longest: number;
export function sleep(ms: number, signal?: AbortSignal): Promise<void | undefined>;
export function backOff(first: number, failures: number, most: number): number;
