/** The bot of one session in this process, and the lease under which it runs. */
export class Bot {
    /**
     * @param {string} session_id
     * @param {BotContext} context
     */
    constructor(session_id: string, context: BotContext);
    /**
     * `waiting` has failed to start and will be tried again; `lost` must not go on here, and is being stopped.
     * @type {'starting'|'running'|'stopping'|'lost'|'waiting'}
     */
    state: "starting" | "running" | "stopping" | "lost" | "waiting";
    /**
     * That of the lease; null where none is held.
     * @type {number|null}
     */
    fence: number | null;
    /** Whether heartbeats go out for it. */
    connected: boolean;
    /**
     * The session as it was taken up, once the bot runs.
     * @type {Promise<import('./types.js').ChangedBotSession>}
     */
    started: Promise<import("./types.js").ChangedBotSession>;
    /**
     * Settles when the bot has stopped, and what was left to do is done.
     * @type {Promise<void>|null}
     */
    ending: Promise<void> | null;
    /**
     * Why its last words could not be written.
     * @type {unknown}
     */
    unsent: unknown;
    session_id: string;
    /** Whether its lease is renewed all the time. While it waits, that was done once, until the next try. */
    get holdsLease(): boolean;
    /**
     * Starts it, or tries again. Who asks for it does not wait for a place.
     * @param {Reason} [reason]
     * @returns {Promise<import('./types.js').ChangedBotSession>}
     */
    start({ asked, lease }?: Reason): Promise<import("./types.js").ChangedBotSession>;
    /**
     * The bot may run for a `ttl` that began when the database gave the lease: after the request was SENT, and before
     * its answer is read here, which may be much later: a slow network, a process that was stopped. So count from the
     * sending, by the clock that nobody sets. Whether the database then cannot be reached, or this process sleeps: the
     * bot stops before another worker starts it, and for the stopping a tenth of the ttl is set aside.
     * @param {number} sent by performance.now()
     * @param {number} ttl
     */
    hold(sent: number, ttl: number): void;
    /** A renewal did not find it: it is another worker's, or the session was ended. */
    leaseIsGone(): void;
    /**
     * Somebody else ended, deleted or took over the session: its bot must not go on here.
     * @param {Error} error
     */
    lose(error: Error): void;
    /**
     * Stops the bot, has its last words written, and then does what is left to do: to end or to release the session.
     * @param {() => unknown} [left]
     * @param {boolean} [stays] active: so its QR code has to go
     * @returns {Promise<void>}
     */
    finish(left?: () => unknown, stays?: boolean): Promise<void>;
    /**
     * What the database answered to what the outbox sent.
     * @param {import('./types.js').UpdatedBotSession} row
     * @param {number|null} fence
     */
    written(row: import("./types.js").UpdatedBotSession, fence: number | null): void;
    /** @param {unknown} error */
    refused(error: unknown): void;
    heartbeat(): void;
    #private;
}
/**
 * What a bot tells its manager. All return at once; what they report is written in the background, in order. None
 * throws: what is wrong with a report goes to `onError`.
 */
export type BotReport = {
    /**
     * a QR code was generated, valid for so many
     * ms: 60 000 the first one, 20 000 the next
     */
    qr: (qr_data: string, options?: {
        expiresIn?: number;
    }) => void;
    /**
     * it was scanned: the QR code is removed, and the bot is connected
     */
    ready: () => void;
    /**
     * a message was received or sent: the bot is connected
     */
    message: (last_message: string) => void;
    /**
     * no heartbeat goes out for a bot that is not connected
     */
    connected: (is: boolean) => void;
    /**
     * the bot is gone for good (logged out,
     * banned); `forget` deletes what it logs in with
     */
    ended: (reason?: string, options?: {
        forget?: boolean;
    }) => void;
};
/**
 * Connects a bot. Resolves as soon as the bot can be stopped, without waiting for somebody to scan a QR code.
 */
export type StartBot = (session: import("./types.js").ChangedBotSession, report: BotReport, store: import("./store.js").BotSessionStore) => Promise<{
    stop: () => unknown;
}>;
/**
 * Why a bot is started: somebody asked for it, its lease was claimed, or (none) its session was found active.
 */
export type Reason = {
    asked?: boolean;
    lease?: {
        fence: number;
        sent: number;
    };
};
/**
 * What the bots of a manager share.
 */
export type BotContext = {
    repository: Pick<import("./repository.js").BotSessionsRepository, "create" | "update" | "store">;
    startBot: StartBot;
    worker: string | undefined;
    ttl: number;
    botTimeout: number;
    retryDelay: number;
    maxFailures: number;
    sealKey: import("./seal.js").SealKey | undefined;
    cacheBytes: number;
    gate: import("./gate.js").Gate;
    /**
     * messages, QR codes and heartbeats of all bots
     */
    updates: import("./outbox.js").Updates;
    onError: (error: unknown, session_id?: string) => void;
    /**
     * renews its lease once, for longer than usual
     */
    prolong: (bot: Bot, ttl: number) => Promise<unknown>;
    /**
     * ends its session under its fence
     */
    end: (bot: Bot, reason?: string, forget?: boolean) => Promise<unknown>;
    remove: (bot: Bot) => void;
};
export type SignalLike = import("./store.js").SignalLike;
