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
export function baileysAuthState(store: import("../store.js").BotSessionStore, baileys: BaileysLike): Promise<{
    state: BaileysAuthState;
    saveCreds: () => Promise<void>;
}>;
/**
 * Copies the login that Baileys' `useMultiFileAuthState` keeps in a folder into a session that has none. The credentials
 * go last: what was interrupted begins anew.
 * @param {import('../store.js').BotSessionStore} store
 * @param {BaileysLike} baileys
 * @param {string} folder is left as it is
 * @returns {Promise<number>} how many keys; 0 where the session has credentials, and nothing was copied
 */
export function importMultiFileAuthState(store: import("../store.js").BotSessionStore, baileys: BaileysLike, folder: string): Promise<number>;
/**
 * What is used of Baileys.
 */
export type BaileysLike = {
    initAuthCreds?: (() => any) | undefined;
    BufferJSON?: {
        replacer: (key: string, value: any) => any;
        reviver: (key: string, value: any) => any;
    } | undefined;
    proto?: any;
    default?: any;
};
/**
 * What Baileys takes as `auth`.
 */
export type BaileysAuthState = {
    creds: any;
    keys: BaileysKeys;
};
export type BaileysKeys = {
    get: (type: string, ids: string[]) => Promise<any>;
    set: (data: any) => Promise<void>;
    clear: () => Promise<void>;
};
