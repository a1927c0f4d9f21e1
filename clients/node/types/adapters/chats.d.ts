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
export function grammyStorage<Chat = any>(store: import("../store.js").BotSessionStore, { kind }?: {
    kind?: string;
}): GrammyStorage<Chat>;
/**
 * What a bot remembers of its chats, for Telegraf's `session({ store })`. A read that fails rejects, and the update with
 * it: it is never an empty session.
 * @template [Chat=any]
 * @param {import('../store.js').BotSessionStore} store
 * @param {{ kind?: string }} [options] kind: two stores of one bot need two
 * @returns {TelegrafStore<Chat>}
 */
export function telegrafStore<Chat = any>(store: import("../store.js").BotSessionStore, { kind }?: {
    kind?: string;
}): TelegrafStore<Chat>;
/**
 * What grammY takes as `storage` of a session.
 */
export type GrammyStorage<Chat> = {
    read: (key: string) => Promise<Chat | undefined>;
    write: (key: string, value: Chat) => Promise<void>;
    delete: (key: string) => Promise<void>;
    has: (key: string) => Promise<boolean>;
    readAllKeys: () => AsyncIterable<string>;
};
/**
 * What Telegraf takes as `store` of a session.
 */
export type TelegrafStore<Chat> = {
    get: (key: string) => Promise<Chat | undefined>;
    set: (key: string, value: Chat) => Promise<void>;
    delete: (key: string) => Promise<void>;
};
