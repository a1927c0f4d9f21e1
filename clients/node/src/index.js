export { baileysAuthState, importMultiFileAuthState } from './adapters/baileys.js';
export { grammyStorage, telegrafStore } from './adapters/chats.js';
export { remoteAuthStore } from './adapters/remote-auth.js';
export { BotSessionsError } from './errors.js';
export { createBotManager } from './manager.js';
export { createRepository } from './repository.js';
export { version } from './version.js';

/**
 * @typedef {import('./adapters/baileys.js').BaileysAuthState} BaileysAuthState
 * @typedef {import('./adapters/baileys.js').BaileysKeys} BaileysKeys
 * @typedef {import('./adapters/baileys.js').BaileysLike} BaileysLike
 * @typedef {import('./adapters/remote-auth.js').RemoteAuthStore} RemoteAuthStore
 * @typedef {import('./bot.js').BotReport} BotReport
 * @typedef {import('./bot.js').StartBot} StartBot
 * @typedef {import('./manager.js').BotManagerOptions} BotManagerOptions
 * @typedef {import('./manager.js').BotSessionsManager} BotSessionsManager
 * @typedef {import('./manager.js').RestoredSessions} RestoredSessions
 * @typedef {import('./types.js').BotSession} BotSession
 * @typedef {import('./types.js').BotSessionChanges} BotSessionChanges
 * @typedef {import('./types.js').BotSessionData} BotSessionData
 * @typedef {import('./types.js').BotSessionDataChanges} BotSessionDataChanges
 * @typedef {import('./types.js').BotSessionDataKeys} BotSessionDataKeys
 * @typedef {import('./types.js').BotSessionEvent} BotSessionEvent
 * @typedef {import('./types.js').BotSessionLease} BotSessionLease
 * @typedef {import('./types.js').BotSessionSave} BotSessionSave
 * @typedef {import('./types.js').BotSessionSaved} BotSessionSaved
 * @typedef {import('./types.js').BotSessionState} BotSessionState
 * @typedef {import('./types.js').BotSessionUpdate} BotSessionUpdate
 * @typedef {import('./types.js').ChangedBotSession} ChangedBotSession
 * @typedef {import('./types.js').UpdatedBotSession} UpdatedBotSession
 * @typedef {import('./repository.js').BotSessionsRepository} BotSessionsRepository
 * @typedef {import('./repository.js').RepositoryOptions} RepositoryOptions
 * @typedef {import('./store.js').BotSessionStore} BotSessionStore
 * @typedef {import('./store.js').StoreOptions} StoreOptions
 * @typedef {import('./seal.js').SealKey} SealKey
 */

/**
 * @template [Chat=any]
 * @typedef {import('./adapters/chats.js').GrammyStorage<Chat>} GrammyStorage
 */

/**
 * @template [Chat=any]
 * @typedef {import('./adapters/chats.js').TelegrafStore<Chat>} TelegrafStore
 */
