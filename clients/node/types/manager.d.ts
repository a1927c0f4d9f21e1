/** @typedef {ReturnType<typeof createBotManager>} BotSessionsManager */
/**
 * Runs bots, one per session, and keeps their rows in bot_sessions up to date. It shares the bots with other processes:
 * runs them under leases, and claims those that others left behind.
 * @param {BotManagerOptions} options
 */
export function createBotManager(options: BotManagerOptions): {
    /**
     * Starts the bot of a new, an ended or an abandoned session. One that runs here already is not started twice; one
     * that another worker runs is a `conflict`. Where the bot fails to start, or the database cannot be reached, this
     * rejects with the error, and the bot is tried again until `endSession`.
     * @param {{ session_id: string }} session
     * @returns {Promise<import('./types.js').ChangedBotSession>} the session as it was taken up
     */
    startSession({ session_id }: {
        session_id: string;
    }): Promise<import("./types.js").ChangedBotSession>;
    /**
     * Stops the bot and ends its session; also ends a session that has no bot in this process, whoever runs it.
     * `forget` deletes what the bot logs in with.
     * @param {{ session_id: string, reason?: string, forget?: boolean }} session
     * @returns {Promise<void>}
     */
    endSession({ session_id, reason, forget }: {
        session_id: string;
        reason?: string;
        forget?: boolean;
    }): Promise<void>;
    /**
     * Call it on boot: starts the bots of all sessions that nobody runs, and from then on does so by itself; without
     * leases, those of all active sessions, once. Rejects where the database cannot tell which they are; a bot that
     * fails to start is reported and tried again, and does not keep the others from starting.
     * @returns {Promise<RestoredSessions>}
     */
    restoreSessions: () => Promise<RestoredSessions>;
    /** The sessions that have a bot in this process. */
    running: () => string[];
    /**
     * Stops all bots, writes what is left, and releases their leases; the sessions stay active, for the next process.
     * Rejects with all the errors, after everything was tried.
     * @returns {Promise<void>}
     */
    shutdown: () => Promise<void>;
};
export type BotSessionsManager = ReturnType<typeof createBotManager>;
/**
 * Times are in ms.
 */
export type BotManagerOptions = {
    repository: import("./repository.js").BotSessionsRepository;
    startBot: import("./bot.js").StartBot;
    /**
     * name of this process, which no other and no earlier one has; by default it is made.
     * false: without leases, then one process runs all bots
     */
    worker?: string | false | undefined;
    /**
     * that a lease lasts without renewal; it is renewed every third of that
     */
    ttl?: number | undefined;
    /**
     * between two looks for sessions that nobody runs
     */
    claimInterval?: number | undefined;
    /**
     * with so many bots this process claims no more
     */
    maxSessions?: number | undefined;
    /**
     * how many bots connect at once while restoring
     */
    restoreConcurrency?: number | undefined;
    /**
     * between two heartbeats of a silent bot; 0 turns them off
     */
    heartbeatInterval?: number | undefined;
    /**
     * that `startBot` and `stop` may take: a bot that hangs for longer has failed
     */
    botTimeout?: number | undefined;
    /**
     * until what has failed is tried again; twice as long each time
     */
    retryDelay?: number | undefined;
    /**
     * so many starts in a row that fail end the session
     */
    maxFailures?: number | undefined;
    /**
     * seals what the bots log in with; without one it is stored as plain text
     */
    sealKey?: import("./seal.js").SealKey | undefined;
    /**
     * of what a bot logs in with are kept in memory, per bot
     */
    cacheBytes?: number | undefined;
    /**
     * gets every error that has no caller
     */
    onError?: ((error: unknown, session_id?: string) => unknown) | undefined;
};
export type RestoredSessions = {
    restored: string[];
    /**
     * they are tried again, unless their error is final
     */
    failed: {
        session_id: string;
        error: unknown;
    }[];
};
export type Restored = {
    session_id: string;
    error?: unknown;
    passedOver?: boolean;
};
export type Lease = {
    session_id: string;
    fence: number;
};
