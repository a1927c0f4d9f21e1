/** What waits to be written for one writer, the newest value of each column. None: a heartbeat. */
export class Outbox {
    /**
     * @param {Writer} writer
     * @param {Updates} requests
     * @param {number} retryDelay
     */
    constructor(writer: Writer, requests: Updates, retryDelay: number);
    bytes: number;
    retryDelay: number;
    get session_id(): string;
    /** @param {Changes} [changes] */
    add(changes?: Changes): void;
    /**
     * Sends what is left at once. Rejects where the last try failed.
     * @returns {Promise<void>}
     */
    finish(): Promise<void>;
    /** Forgets what was not sent yet: another worker has the session. */
    drop(): void;
    /** @returns {import('./types.js').BotSessionUpdate|null} */
    take(): import("./types.js").BotSessionUpdate | null;
    /** @param {import('./types.js').UpdatedBotSession} row */
    answered(row: import("./types.js").UpdatedBotSession): void;
    /** @param {unknown} error */
    refused(error: unknown): void;
    /**
     * @param {unknown} error
     * @param {boolean} final
     */
    failed(error: unknown, final: boolean): boolean;
    #private;
}
/**
 * Whoever has something to write: a bot. `fence` is that of its lease.
 */
export type Writer = {
    session_id: string;
    fence: number | null;
    /**
     * what the database
     * answered to what was sent under that fence
     */
    written: (row: import("./types.js").UpdatedBotSession, fence: number | null) => void;
    /**
     * a value of this writer, for good
     */
    refused: (error: unknown) => void;
};
export type Changes = {
    last_message?: string;
    qr_data?: string;
};
export type Part = {
    changes: Changes;
    fence: number | null;
};
export type Updates = import("./shared-requests.js").SharedRequests<import("./types.js").BotSessionUpdate, import("./types.js").UpdatedBotSession>;
