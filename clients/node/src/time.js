import { setTimeout as delay } from 'node:timers/promises';

/** The longest time that a timer can take. */
export const longest = 2 ** 31 - 1;

/**
 * @param {number} ms
 * @param {AbortSignal} [signal] ends it early, without an error
 */
export const sleep = (ms, signal) => delay(ms, undefined, { signal }).catch(() => {});

/**
 * What a task comes to, or an error where that takes too long.
 * @template Result
 * @param {Promise<Result>} task
 * @param {number} ms
 * @param {string|(() => Error)} failure
 * @returns {Promise<Result>}
 */
export async function inTime(task, ms, failure) {
  /** @type {NodeJS.Timeout|undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const fail = () => reject(typeof failure === 'string' ? new Error(`${failure} in ${ms} ms`) : failure());
    timer = setTimeout(fail, Math.min(ms, longest));
  });
  try {
    return await Promise.race([task, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Does a task every so often, never twice at once. Result: a function that stops it.
 * @param {number} ms
 * @param {() => Promise<unknown>} task
 * @param {(error: unknown) => void} onError
 */
export function every(ms, task, onError) {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    task()
      .catch(onError)
      .finally(() => (busy = false));
  }, ms);
  return () => clearInterval(timer);
}

/**
 * How long to wait after so many failures in a row: twice as long each time.
 * @param {number} first ms
 * @param {number} failures
 * @param {number} most ms
 */
export const backOff = (first, failures, most) => Math.min(first * 2 ** (failures - 1), most);

export function ignore() {}
