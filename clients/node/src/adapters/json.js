import { ignore } from '../time.js';

/**
 * @param {string} text
 * @param {(key: string, value: any) => any} [reviver]
 * @returns {any}
 */
export function readJson(text, reviver) {
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw new Error('what is stored is not JSON: it is sealed, or another program\'s'); // JSON's own error shows it
  }
}

/**
 * A rejection that nobody handles would end the process with all its bots.
 * @template Result
 * @param {Promise<Result>} promise
 * @returns {Promise<Result>}
 */
export function handled(promise) {
  promise.catch(ignore);
  return promise;
}
