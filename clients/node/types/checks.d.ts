/**
 * @param {unknown} value
 * @param {string} name
 * @returns {string}
 */
export function string(value: unknown, name: string): string;
/**
 * A value to be stored: null keeps what there is, but undefined is a mistake of the caller.
 * @param {unknown} value
 * @param {string} name
 * @param {boolean} given
 */
export function storable(value: unknown, name: string, given: boolean): string | undefined;
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
 * @param {string} [name]
 */
export function dataChanges(value: unknown, name?: string): import("./types.js").BotSessionDataChanges;
/**
 * A copy of the keys that are to be loaded; undefined for everything.
 * @param {unknown} value
 */
export function dataKeys(value: unknown): import("./types.js").BotSessionDataKeys | undefined;
/**
 * An object with no other properties than these. A name that is not among them is a mistake that would otherwise be passed
 * over in silence.
 * @param {unknown} value
 * @param {readonly string[]} names
 * @param {string} what
 * @returns {Record<string, unknown>}
 */
export function onlyWith(value: unknown, names: readonly string[], what: string): Record<string, unknown>;
/**
 * Options by name, each as its check returns it.
 * @template {Record<string, (value: unknown, name: string, given: boolean) => any>} Checks
 * @param {unknown} value
 * @param {Checks} checks
 * @param {string} [what]
 * @param {string} [where]
 * @returns {{ [Name in keyof Checks]: ReturnType<Checks[Name]> }}
 */
export function options<Checks extends Record<string, (value: unknown, name: string, given: boolean) => any>>(value: unknown, checks: Checks, what?: string, where?: string): { [Name in keyof Checks]: ReturnType<Checks[Name]>; };
/**
 * @template {Record<string, (value: unknown, name: string, given: boolean) => any>} Checks
 * @param {unknown} value
 * @param {string} name
 * @param {Checks} checks of each element
 */
export function elements<Checks extends Record<string, (value: unknown, name: string, given: boolean) => any>>(value: unknown, name: string, checks: Checks): { [Name in keyof Checks]: ReturnType<Checks[Name]>; }[];
export function sessionId(value: unknown): string;
export function optionalString(value: unknown, name: string): string | undefined;
export function filter(value: unknown, name: string): string | undefined;
export function optionalFence(value: unknown, name: string): number | undefined;
export function optionalInterval(value: unknown, name: string): string | undefined;
export function optionalCount(value: unknown, name: string): number | undefined;
export function optionalBoolean(value: unknown, name: string): boolean | undefined;
