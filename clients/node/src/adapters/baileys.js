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
