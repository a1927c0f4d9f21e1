/**
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
 */
/**
 * One of `url` with `key`, `supabase` and `pool`: the way to the database.
 * @typedef {object} RepositoryOptions
 * @property {string} [url] of the Supabase project
 * @property {string} [key] its service key; keep it on the server
 * @property {import('./transports/supabase.js').SupabaseLike} [supabase] a client of supabase-js with that key
 * @property {import('./transports/node-postgres.js').PoolLike} [pool] of node-postgres
 * @property {string} [schema] where the migration has put the tables: public
 * @property {number} [timeout] ms after which a request without an answer has failed: 10 000
 * @property {number} [pageSize] rows per request, no more than PostgREST returns at once (db-max-rows): 500
 */
/** @typedef {ReturnType<typeof createRepository>} BotSessionsRepository */
/**
 * The sessions in the database. Every method rejects with a BotSessionsError where the database refused or could not
 * be reached, and with a TypeError where the call itself is wrong; then nothing was sent.
 * @param {RepositoryOptions} options
 */
export function createRepository(options: RepositoryOptions): {
    /**
     * What one bot logs in with, for the adapters: with a queue for what is saved, and, under a fence, a cache.
     * @param {string} session_id
     * @param {import('./store.js').StoreOptions} [options]
     * @returns {import('./store.js').BotSessionStore}
     */
    store(session_id: string, options?: import("./store.js").StoreOptions): import("./store.js").BotSessionStore;
    /**
     * Creates the session, or takes up the persisted one: active in either case. With a worker it takes the lease
     * too, for `ttl` ms; `conflict` where another worker holds that.
     * @param {{ session_id: string, worker?: string|null, ttl?: number }} session
     * @returns {Promise<ChangedBotSession>}
     */
    create(session: {
        session_id: string;
        worker?: string | null;
        ttl?: number;
    }): Promise<ChangedBotSession>;
    /**
     * @param {string} session_id
     * @returns {Promise<BotSession|null>} null where there is none
     */
    read(session_id: string): Promise<BotSession | null>;
    /**
     * Records what is given and keeps the rest; `qr_data: ''` removes the QR code. Never revives an ended session.
     * With a fence that is not the live lease's nothing is written: `conflict`. Nothing given is a heartbeat, which
     * `heartbeatInterval`, in ms, spares where the last update is not that old.
     * @param {string} session_id
     * @param {BotSessionChanges & { heartbeatInterval?: number }} [changes]
     * @returns {Promise<ChangedBotSession>}
     */
    update(session_id: string, changes?: BotSessionChanges & {
        heartbeatInterval?: number;
    }): Promise<ChangedBotSession>;
    /**
     * `update` for many at once. Nothing throws for a single session: its answer has status null where there
     * is no such session, 'inactive' where it was ended, and fence null where the fence was stale.
     * @param {BotSessionUpdate[]} sessions
     * @returns {Promise<UpdatedBotSession[]>} one answer per element, in the same order
     */
    updateMany(sessions: BotSessionUpdate[]): Promise<UpdatedBotSession[]>;
    /**
     * Makes the session inactive. Ending it twice is no error. `forget` deletes what its bot logs in with.
     * @param {string} session_id
     * @param {{ reason?: string|null, fence?: number|null, forget?: boolean }} [options]
     * @returns {Promise<ChangedBotSession>}
     */
    end(session_id: string, options?: {
        reason?: string | null;
        fence?: number | null;
        forget?: boolean;
    }): Promise<ChangedBotSession>;
    /**
     * Ends active sessions that were not updated for `idle` ms and have no live lease, the oldest first.
     * @param {number} idle
     * @param {{ maxSessions?: number, reason?: string|null }} [options]
     * @returns {Promise<ChangedBotSession[]>}
     */
    expire(idle: number, options?: {
        maxSessions?: number;
        reason?: string | null;
    }): Promise<ChangedBotSession[]>;
    /**
     * Takes over active sessions whose lease ran out or was released, the longest abandoned first.
     * @param {string} worker
     * @param {{ maxSessions?: number, ttl?: number }} [options]
     * @returns {Promise<BotSessionLease[]>}
     */
    claim(worker: string, options?: {
        maxSessions?: number;
        ttl?: number;
    }): Promise<BotSessionLease[]>;
    /**
     * Prolongs leases, for `ttl` ms from now. A renewal that hangs is given up in time for another.
     * @param {Record<string, number>} fences by session_id
     * @param {{ ttl?: number }} [options]
     * @returns {Promise<BotSessionLease[]>} those that are still held: the others are lost
     */
    renew(fences: Record<string, number>, options?: {
        ttl?: number;
    }): Promise<BotSessionLease[]>;
    /**
     * Gives leases back: others may claim the sessions, which stay active, at once.
     * @param {Record<string, number>} fences by session_id
     * @returns {Promise<BotSessionLease[]>} those that were still held
     */
    release(fences: Record<string, number>): Promise<BotSessionLease[]>;
    /**
     * @param {string} session_id
     * @returns {Promise<boolean>} whether there was one
     */
    delete(session_id: string): Promise<boolean>;
    /**
     * All sessions, or those of one status, by session_id.
     * @param {{ status?: 'active'|'inactive' }} [filter]
     * @returns {Promise<BotSession[]>}
     */
    list(filter?: {
        status?: "active" | "inactive";
    }): Promise<BotSession[]>;
    /**
     * What state the sessions are in, without messages and QR codes, by session_id; those that have not ended where
     * `status` is 'active'.
     * @param {{ staleAfter?: number, status?: 'active' }} [options] ms of silence after which a session is stale
     * @returns {Promise<BotSessionState[]>}
     */
    overview(options?: {
        staleAfter?: number;
        status?: "active";
    }): Promise<BotSessionState[]>;
    /**
     * The audit trail of one session, or of all, in the order in which it happened; of the newest events `limit`.
     * @param {string|null} [session_id]
     * @param {{ limit?: number }} [options]
     * @returns {Promise<BotSessionEvent[]>}
     */
    history(session_id?: string | null, options?: {
        limit?: number;
    }): Promise<BotSessionEvent[]>;
    /**
     * Writes what a bot logs in with, all of it or nothing. Without a fence only while no lease is live: `conflict`.
     * @param {string} session_id
     * @param {BotSessionDataChanges} data
     * @param {{ fence?: number|null }} [options]
     * @returns {Promise<number>} how many rows that changed
     */
    save(session_id: string, data: BotSessionDataChanges, options?: {
        fence?: number | null;
    }): Promise<number>;
    /**
     * `save` for many at once. Nothing throws for a single session that is unknown or another worker's: its answer
     * is `refused`.
     * @param {BotSessionSave[]} saves
     * @returns {Promise<BotSessionSaved[]>} one answer per element, in the same order
     */
    saveMany(saves: BotSessionSave[]): Promise<BotSessionSaved[]>;
    /**
     * @param {string} session_id
     * @param {BotSessionDataKeys|null} [keys] null for a kind: all of it; none: everything
     * @param {{ fence?: number|null }} [options]
     * @returns {Promise<BotSessionData>} what there is; objects without a prototype
     */
    load(session_id: string, keys?: BotSessionDataKeys | null, options?: {
        fence?: number | null;
    }): Promise<BotSessionData>;
    /**
     * Deletes what its bot logs in with.
     * @param {string} session_id
     * @param {{ fence?: number|null, reason?: string|null }} [options]
     * @returns {Promise<number>} how many rows
     */
    forget(session_id: string, options?: {
        fence?: number | null;
        reason?: string | null;
    }): Promise<number>;
    /**
     * Seals anew what the first key of `sealKey` did not seal for this session: once a key is rotated, sealing is
     * switched on, or the session, `from` before, has another name. Without a fence only while no lease is live. A value
     * that is written meanwhile is not lost. After an error or an interruption it may be run again.
     * @param {string} session_id
     * @param {{ sealKey: import('./seal.js').SealKey, fence?: number|null, from?: string|null }} options
     * @returns {Promise<number>} how many values
     */
    reseal(session_id: string, options: {
        sealKey: import("./seal.js").SealKey;
        fence?: number | null;
        from?: string | null;
    }): Promise<number>;
    /**
     * The edition and the version of the functions in the database.
     * @returns {Promise<{ edition: string, version: string }>}
     */
    version(): Promise<{
        edition: string;
        version: string;
    }>;
};
export type BotSession = import("./types.js").BotSession;
export type BotSessionChanges = import("./types.js").BotSessionChanges;
export type BotSessionData = import("./types.js").BotSessionData;
export type BotSessionDataChanges = import("./types.js").BotSessionDataChanges;
export type BotSessionDataKeys = import("./types.js").BotSessionDataKeys;
export type BotSessionEvent = import("./types.js").BotSessionEvent;
export type BotSessionLease = import("./types.js").BotSessionLease;
export type BotSessionSave = import("./types.js").BotSessionSave;
export type BotSessionSaved = import("./types.js").BotSessionSaved;
export type BotSessionState = import("./types.js").BotSessionState;
export type BotSessionUpdate = import("./types.js").BotSessionUpdate;
export type ChangedBotSession = import("./types.js").ChangedBotSession;
export type UpdatedBotSession = import("./types.js").UpdatedBotSession;
/**
 * One of `url` with `key`, `supabase` and `pool`: the way to the database.
 */
export type RepositoryOptions = {
    /**
     * of the Supabase project
     */
    url?: string | undefined;
    /**
     * its service key; keep it on the server
     */
    key?: string | undefined;
    /**
     * a client of supabase-js with that key
     */
    supabase?: import("./transports/supabase.js").SupabaseLike | undefined;
    /**
     * of node-postgres
     */
    pool?: import("./transports/node-postgres.js").PoolLike | undefined;
    /**
     * where the migration has put the tables: public
     */
    schema?: string | undefined;
    /**
     * ms after which a request without an answer has failed: 10 000
     */
    timeout?: number | undefined;
    /**
     * rows per request, no more than PostgREST returns at once (db-max-rows): 500
     */
    pageSize?: number | undefined;
};
export type BotSessionsRepository = ReturnType<typeof createRepository>;
