/**
 * @param {string} text
 * @param {(key: string, value: any) => any} [reviver]
 * @returns {any}
 */
export function readJson(text: string, reviver?: (key: string, value: any) => any): any;
/**
 * A rejection that nobody handles would end the process with all its bots.
 * @template Result
 * @param {Promise<Result>} promise
 * @returns {Promise<Result>}
 */
export function handled<Result>(promise: Promise<Result>): Promise<Result>;
