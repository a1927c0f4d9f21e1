/**
 * @param {unknown} value
 * @param {string} name
 * @returns {string}
 */
export function string(value: unknown, name: string): string;
/**
 * A value to be stored: null keeps what there is, but undefined is a mistake of the caller.
 * @param {Record<string, unknown>} changes
 * @param {string} column
 * @param {string} [where]
 */
export function storable(changes: Record<string, unknown>, column: string, where?: string): string | undefined;
/**
 * @param {unknown} value
 * @param {string} name
 */
export function fence(value: unknown, name: string): number;
/** @param {unknown} value */
export function fences(value: unknown): Record<string, number>;
/**
 * Milliseconds, as an interval of the database.
 * @param {unknown} value
 * @param {string} name
 */
export function interval(value: unknown, name: string): string;
/**
 * A copy of what is to be saved. No message names a kind or a key.
 * @param {unknown} value
 * @param {string} [where]
 */
export function dataChanges(value: unknown, where?: string): import("./types.js").BotSessionDataChanges;
/**
 * A copy of the keys that are to be loaded; undefined for everything.
 * @param {unknown} value
 */
export function dataKeys(value: unknown): import("./types.js").BotSessionDataKeys | undefined;
/**
 * Options by name. A name that is not among them is a mistake that would otherwise be passed over in silence.
 * @param {unknown} value
 * @param {readonly string[]} names
 * @param {string} [what]
 * @returns {Record<string, unknown>}
 */
export function options(value: unknown, names: readonly string[], what?: string): Record<string, unknown>;
export function sessionId(value: unknown): string;
export function optionalString(value: unknown, name: string): string | undefined;
export function optionalFence(value: unknown, name: string): number | undefined;
export function optionalInterval(value: unknown, name: string): string | undefined;
export function optionalCount(value: unknown, name: string): number | undefined;
export function optionalBoolean(value: unknown, name: string): boolean | undefined;
