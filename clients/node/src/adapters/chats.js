import { handled, readJson } from './json.js';

/**
 * What grammY takes as `storage` of a session.
 * @template Chat
 * @typedef {object} GrammyStorage
 * @property {(key: string) => Promise<Chat|undefined>} read
 * @property {(key: string, value: Chat) => Promise<void>} write
 * @property {(key: string) => Promise<void>} delete
 * @property {(key: string) => Promise<boolean>} has
 * @property {() => AsyncIterable<string>} readAllKeys
 */

/**
 * What Telegraf takes as `store` of a session.
 * @template Chat
 * @typedef {object} TelegrafStore
 * @property {(key: string) => Promise<Chat|undefined>} get
 * @property {(key: string, value: Chat) => Promise<void>} set
 * @property {(key: string) => Promise<void>} delete
 */

/**
 * What a bot remembers of its chats, for grammY's `session({ storage })`. A read that fails rejects, and the update with
 * it: it is never an empty session.
 * @template [Chat=any]
 * @param {import('../store.js').BotSessionStore} store
 * @param {{ kind?: string }} [options] kind: two storages of one bot need two
 * @returns {GrammyStorage<Chat>}
 */
export function grammyStorage(store, { kind = 'chat' } = {}) {
  const { get, set, remove } = chats(store, kind);
  return {
    read: get,
    write: set,
    delete: remove,
    has: async (key) => (await get(key)) !== undefined,
    async *readAllKeys() {
      yield* Object.keys((await store.load({ [kind]: null }))[kind] ?? {});
    },
  };
}

/**
 * What a bot remembers of its chats, for Telegraf's `session({ store })`. A read that fails rejects, and the update with
 * it: it is never an empty session.
 * @template [Chat=any]
 * @param {import('../store.js').BotSessionStore} store
 * @param {{ kind?: string }} [options] kind: two stores of one bot need two
 * @returns {TelegrafStore<Chat>}
 */
export function telegrafStore(store, { kind = 'chat' } = {}) {
  const { get, set, remove } = chats(store, kind);
  return { get: (key) => madeAnew(() => get(key)), set, delete: remove };
}

/**
 * Telegraf (4.16) keeps a read that failed, and awaits it again at each later update of that chat: then it is made anew.
 * @template Result
 * @param {() => Promise<Result>} read
 * @returns {Promise<Result>}
 */
function madeAnew(read) {
  /** @type {Promise<Result>|undefined} */
  let reading;
  const once = () =>
    (reading ??= handled(
      read().catch((error) => {
        reading = undefined;
        throw error;
      }),
    ));
  return {
    then: (onRead, onError) => once().then(onRead, onError),
    catch: (onError) => once().catch(onError),
    finally: (onEnd) => once().finally(onEnd),
    [Symbol.toStringTag]: 'Promise',
  };
}

/**
 * @param {import('../store.js').BotSessionStore} store
 * @param {string} kind
 */
function chats(store, kind) {
  /** @param {string} key */
  async function read(key) {
    const text = (await store.load({ [kind]: [key] }))[kind]?.[key];
    return text === undefined ? undefined : readJson(text);
  }

  /**
   * @param {string} key
   * @param {string|null} text
   */
  const write = (key, text) => handled(store.save({ [kind]: { [key]: text } }));

  return {
    get: (/** @type {string} */ key) => handled(read(String(key))),
    set: (/** @type {string} */ key, /** @type {unknown} */ value) => write(String(key), JSON.stringify(value)),
    remove: (/** @type {string} */ key) => write(String(key), null),
  };
}
