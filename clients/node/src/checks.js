// What no database can hold is refused before it is sent, so that all transports behave alike. No message shows a value.

import { Failure } from './errors.js';

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {string}
 */
export function string(value, name) {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${kind(value)}`);
  if (value.includes('\0')) throw unstorable(`${name} holds a NUL character`);
  if (!value.isWellFormed()) throw unstorable(`${name} holds half of a surrogate pair: an emoji that was cut in two`);
  return value;
}

/** @param {string} message */
const unstorable = (message) => new Failure({ code: '22P05', message, hint: 'PostgreSQL cannot store it.' });

/** @param {unknown} value */
const kind = (value) => (value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value);

/** @param {unknown} value */
export const sessionId = (value) => string(value, 'session_id');

/**
 * What may be left out: then undefined or null, and the database's default applies.
 * @template Result
 * @param {(value: unknown, name: string) => Result} check
 */
const optional = (check) => (/** @type {unknown} */ value, /** @type {string} */ name) =>
  value === undefined || value === null ? undefined : check(value, name);

export const optionalString = optional(string);

/**
 * What narrows an answer down. It may be left out, but null is a mistake that would let everything through.
 * @param {unknown} value
 * @param {string} name
 */
export const filter = (value, name) => (value === undefined ? undefined : string(value, name));

/**
 * A value to be stored: null keeps what there is, but undefined is a mistake of the caller.
 * @param {unknown} value
 * @param {string} name
 * @param {boolean} given
 */
export function storable(value, name, given) {
  if (given && value === undefined) throw new TypeError(`${name} must not be undefined`);
  return optionalString(value, name);
}

/**
 * @param {unknown} value
 * @param {string} name
 */
export function fence(value, name) {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${name} must be a safe integer, as the database returned it`);
  return /** @type {number} */ (value);
}

export const optionalFence = optional(fence);

/** @param {unknown} value */
export function fences(value) {
  for (const [session_id, number] of Object.entries(object(value, 'fences'))) {
    sessionId(session_id);
    fence(number, 'every fence');
  }
  return /** @type {Record<string, number>} */ (value);
}

/**
 * Milliseconds, as an interval of the database.
 * @param {unknown} value
 * @param {string} name
 */
export function interval(value, name) {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} must be a number of milliseconds`);
  return `${value} milliseconds`;
}

export const optionalInterval = optional(interval);

/**
 * @param {unknown} value
 * @param {string} name
 */
function count(value, name) {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${name} must be a whole number`);
  return /** @type {number} */ (value);
}

export const optionalCount = optional(count);

/**
 * @param {unknown} value
 * @param {string} name
 */
function boolean(value, name) {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false`);
  return value;
}

export const optionalBoolean = optional(boolean);

/**
 * @param {unknown} value
 * @param {string} name
 */
function object(value, name) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object, not ${kind(value)}`);
  }
  return value;
}

/**
 * A copy of what is to be saved. No message names a kind or a key.
 * @param {unknown} value
 * @param {string} [name]
 */
export function dataChanges(value, name = 'data') {
  /** @type {import('./types.js').BotSessionDataChanges} */
  const copy = Object.create(null);
  for (const [kind, values] of Object.entries(object(value, name))) {
    string(kind, `a kind of ${name}`);
    if (values === null) {
      copy[kind] = null;
      continue;
    }
    /** @type {Record<string, string|null>} */
    const there = (copy[kind] = Object.create(null));
    for (const [key, text] of Object.entries(object(values, `every kind of ${name}`))) {
      string(key, `a key of ${name}`);
      there[key] = text === null ? null : string(text, `every value of ${name}`);
    }
  }
  return copy;
}

/**
 * A copy of the keys that are to be loaded; undefined for everything.
 * @param {unknown} value
 */
export function dataKeys(value) {
  if (value === undefined || value === null) return undefined;
  /** @type {import('./types.js').BotSessionDataKeys} */
  const copy = Object.create(null);
  for (const [kind, keys] of Object.entries(object(value, 'keys'))) {
    string(kind, 'a kind of keys');
    if (keys !== null && !Array.isArray(keys)) throw new TypeError('every kind of keys must be an array, or null');
    copy[kind] = keys && keys.map((/** @type {unknown} */ key) => string(key, 'every key'));
  }
  return copy;
}

/**
 * An object with no other properties than these. A name that is not among them is a mistake that would otherwise be passed
 * over in silence.
 * @param {unknown} value
 * @param {readonly string[]} names
 * @param {string} what
 * @returns {Record<string, unknown>}
 */
export function onlyWith(value, names, what) {
  for (const name of Object.keys(object(value, what))) {
    if (!names.includes(name)) throw new TypeError(`${what} must not have ${name}; there are ${names.join(', ')}`);
  }
  return /** @type {Record<string, unknown>} */ (value);
}

/**
 * Options by name, each as its check returns it.
 * @template {Record<string, (value: unknown, name: string, given: boolean) => any>} Checks
 * @param {unknown} value
 * @param {Checks} checks
 * @param {string} [what]
 * @param {string} [where]
 * @returns {{ [Name in keyof Checks]: ReturnType<Checks[Name]> }}
 */
export function options(value, checks, what = 'the options', where = '') {
  const given = onlyWith(value, Object.keys(checks), what);
  const checked = Object.entries(checks).map(([name, check]) => [
    name, check(given[name], `${name}${where}`, Object.hasOwn(given, name)),
  ]);
  return Object.fromEntries(checked);
}

/**
 * @template {Record<string, (value: unknown, name: string, given: boolean) => any>} Checks
 * @param {unknown} value
 * @param {string} name
 * @param {Checks} checks of each element
 */
export function elements(value, name, checks) {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array`);
  return value.map((element, i) => options(element, checks, `element ${i + 1}`, ` of element ${i + 1}`));
}
