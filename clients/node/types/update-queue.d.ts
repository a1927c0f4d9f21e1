/**
 * The messages, QR codes and heartbeats of all bots of a process. One request is under way; what is reported meanwhile
 * is merged by writer and goes with the next. When idle, nothing waits.
 */
export class UpdateQueue {
    /**
     * @param {object} options
     * @param {(elements: import('./types.js').BotSessionUpdate[]) => Promise<import('./types.js').UpdatedBotSession[]>} options.updateMany
     * @param {(error: unknown, session_id?: string) => void} options.onError gets each failure that is not for good
     * @param {number} options.retryDelay ms until what was not answered is sent again; longer with each failure in a row
     */
    constructor({ updateMany, onError, retryDelay }: {
        updateMany: (elements: import("./types.js").BotSessionUpdate[]) => Promise<import("./types.js").UpdatedBotSession[]>;
        onError: (error: unknown, session_id?: string) => void;
        retryDelay: number;
    });
    /**
     * @param {Writer} writer
     * @param {Changes} [changes] none: a heartbeat
     */
    add(writer: Writer, changes?: Changes): void;
    /**
     * Sends what is left of a writer at once. Rejects where the last try failed.
     * @param {Writer} writer
     * @returns {Promise<void>}
     */
    finish(writer: Writer): Promise<void>;
    /**
     * Forgets what was not sent yet: another worker has the session.
     * @param {Writer} writer
     */
    drop(writer: Writer): void;
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
/**
 * of a batch that could not be written as a whole
 */
export type Part = {
    entries: Entry[];
    due: number;
};
/**
 * Whoever has something to write: a bot. `fence` is that of its lease.
 * @typedef {object} Writer
 * @property {string} session_id
 * @property {number|null} fence
 * @property {(row: import('./types.js').UpdatedBotSession, fence: number|null) => void} written what the database
 *   answered to what was sent under that fence
 * @property {(error: unknown) => void} refused a value of this writer, for good
 */
/** @typedef {{ last_message?: string, qr_data?: string }} Changes */
/** What waits to be written for one writer, the newest value of each column. */
declare class Entry {
    /**
     * @param {Writer} writer
     * @param {Changes} changes
     */
    constructor(writer: Writer, changes: Changes);
    /** A try that fails after the writer has finished is the last one. */
    last: boolean;
    dropped: boolean;
    tries: number;
    writer: Writer;
    fence: number | null;
    changes: Changes;
    /** @returns {import('./types.js').BotSessionUpdate} */
    get element(): import("./types.js").BotSessionUpdate;
}
export {};
