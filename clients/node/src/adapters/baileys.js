import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { handled, readJson } from './json.js';

/**
 * What is used of Baileys.
 * @typedef {object} BaileysLike
 * @property {() => any} [initAuthCreds]
 * @property {{ replacer: (key: string, value: any) => any, reviver: (key: string, value: any) => any }} [BufferJSON]
 * @property {any} [proto]
 * @property {any} [default]
 */

/**
 * What Baileys takes as `auth`.
 * @typedef {object} BaileysAuthState
 * @property {any} creds
 * @property {BaileysKeys} keys
 */

/**
 * @typedef {object} BaileysKeys
 * @property {(type: string, ids: string[]) => Promise<any>} get
 * @property {(data: any) => Promise<void>} set
 * @property {() => Promise<void>} clear
 */

/** The kinds of keys that Baileys is known to have. */
const knownKinds = [
  'pre-key', 'session', 'sender-key', 'sender-key-memory', 'app-state-sync-key', 'app-state-sync-version', 'lid-mapping',
  'device-list', 'tctoken', 'identity-key',
];

/**
 * The login of a bot, for Baileys' `makeWASocket({ auth: state })` and `ev.on('creds.update', saveCreds)`. Rejects where
 * it cannot be loaded: new credentials are made only where the database says that there are none.
 *
 * Once the store is lost its promises never settle: Baileys 6.7 takes a save that is refused for done after 30 s, and 7
 * answers the network. The manager stops the bot.
 * @param {import('../store.js').BotSessionStore} store
 * @param {BaileysLike} baileys the module, as `import * as` or `require` give it
 * @returns {Promise<{ state: BaileysAuthState, saveCreds: () => Promise<void> }>}
 */
export async function baileysAuthState(store, baileys) {
  const BufferJSON = member(baileys, 'BufferJSON');
  const initAuthCreds = member(baileys, 'initAuthCreds');
  const SyncKey = member(baileys, 'proto').Message.AppStateSyncKeyData;
  const reviveSyncKey = (/** @type {any} */ value) => (SyncKey.fromObject ?? SyncKey.create).call(SyncKey, value);
  const kinds = new Set(knownKinds);

  const write = (/** @type {unknown} */ value) => JSON.stringify(value, BufferJSON.replacer);
  const read = (/** @type {string} */ text) => readJson(text, BufferJSON.reviver);

  const stored = (await store.load({ creds: ['creds'] })).creds?.creds;
  const creds = stored === undefined ? initAuthCreds() : read(stored);

  /**
   * @param {string} type
   * @param {string[]} ids
   */
  async function get(type, ids) {
    const kind = String(type);
    kinds.add(kind);
    const keys = ids.map(String);
    const texts = (await store.load({ [kind]: keys }))[kind];
    const values = Object.create(null);
    for (const key of keys) {
      if (texts?.[key] === undefined) continue;
      const value = read(texts[key]);
      values[key] = kind === 'app-state-sync-key' && value ? reviveSyncKey(value) : value;
    }
    return values;
  }

  /** @param {Record<string, Record<string, unknown>|null|undefined>} data */
  async function set(data) {
    /** @type {import('../types.js').BotSessionDataChanges} */
    const changes = Object.create(null);
    for (const [kind, values] of Object.entries(data)) {
      kinds.add(kind);
      /** @type {Record<string, string|null>} */
      const texts = (changes[kind] = Object.create(null));
      for (const [key, value] of Object.entries(values ?? {})) {
        texts[key] = value === null || value === undefined ? null : write(value);
      }
    }
    await store.save(changes);
  }

  async function clear() {
    kinds.delete('creds');
    await store.save(Object.fromEntries([...kinds].map((kind) => [kind, null])));
  }

  return {
    state: {
      creds,
      keys: {
        get: (type, ids) => whileItIsOurs(get(type, ids)),
        set: (data) => whileItIsOurs(set(data)),
        clear: () => whileItIsOurs(clear()),
      },
    },
    saveCreds: () => whileItIsOurs(store.save({ creds: { creds: write(creds) } })),
  };
}

/**
 * Not settled once the store is lost; and a rejection that nobody handles does not end the process: the store has
 * reported it.
 * @template Result
 * @param {Promise<Result>} promise
 * @returns {Promise<Result>}
 */
function whileItIsOurs(promise) {
  /** @type {Promise<Result>} */
  const result = new Promise((resolve, reject) => {
    promise.then(resolve, (error) => {
      if (!error.conflict && !error.notFound) reject(error);
    });
  });
  return handled(result);
}

/** Longest first: `sender-key` begins `sender-key-memory` too. */
const kindsOfFiles = [...knownKinds].sort((a, b) => b.length - a.length);

/**
 * What a file of Baileys' `useMultiFileAuthState` holds, but for creds. It is called KIND-KEY, with `/` as `__` and `:` as
 * `-`; of the kinds that there are today those are in the keys of two, always or in pairs. An unknown kind has no hyphen.
 * @param {string} name without `.json`
 */
function kindAndKey(name) {
  const kind = kindsOfFiles.find((known) => name.startsWith(`${known}-`)) ?? name.slice(0, Math.max(name.indexOf('-'), 0));
  let key = name.slice(kind.length + 1);
  if (kind === 'app-state-sync-key') key = key.replaceAll('__', '/');
  if (kind === 'sender-key') key = key.replaceAll('--', '::');
  return { kind, key };
}

const charactersAtOnce = 500_000;

/**
 * Copies the login that Baileys' `useMultiFileAuthState` keeps in a folder into a session that has none. The credentials
 * go last: what was interrupted begins anew.
 * @param {import('../store.js').BotSessionStore} store
 * @param {BaileysLike} baileys
 * @param {string} folder is left as it is
 * @returns {Promise<number>} how many keys; 0 where the session has credentials, and nothing was copied
 */
export async function importMultiFileAuthState(store, baileys, folder) {
  const BufferJSON = member(baileys, 'BufferJSON');
  if ((await store.load({ creds: ['creds'] })).creds) return 0;

  const names = (await readdir(folder)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
  if (!names.includes('creds')) throw new Error(`there is no creds.json in ${folder}`);
  const files = names.filter((name) => name !== 'creds' && kindAndKey(name).kind);
  /** @type {Record<string, Record<string, string>>} */
  let batch = Object.create(null);
  let length = 0;
  for (const name of files) {
    const text = parse(name, await readFile(join(folder, `${name}.json`), 'utf8'));
    const { kind, key } = kindAndKey(name);
    (batch[kind] ??= Object.create(null))[key] = text;
    length += text.length;
    if (length < charactersAtOnce) continue;
    await store.save(batch);
    batch = Object.create(null);
    length = 0;
  }
  await store.save(batch);
  await store.save({ creds: { creds: parse('creds', await readFile(join(folder, 'creds.json'), 'utf8')) } });
  return files.length + 1;

  /**
   * @param {string} name
   * @param {string} text
   */
  function parse(name, text) {
    try {
      return JSON.stringify(JSON.parse(text, BufferJSON.reviver), BufferJSON.replacer);
    } catch {
      throw new Error(`${name}.json in ${folder} is not JSON`);
    }
  }
}

/**
 * @param {BaileysLike} baileys
 * @param {'BufferJSON'|'initAuthCreds'|'proto'} name
 * @returns {any}
 */
function member(baileys, name) {
  const found = baileys?.[name] ?? baileys?.default?.[name];
  if (found) return found;
  throw new TypeError(
    `baileys has no ${name}: pass the module, import * as baileys from '@whiskeysockets/baileys', or what require gives`,
  );
}
