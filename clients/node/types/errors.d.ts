/**
 * What a transport found out about a request that failed.
 * @typedef {object} FailureFacts
 * @property {string} message
 * @property {string} [code] SQLSTATE, or PostgREST's own code; none where no answer came, or not the database's
 * @property {number} [status] of HTTP
 * @property {string|null} [details]
 * @property {string|null} [hint]
 * @property {boolean} [timedOut] no answer came within the time
 * @property {unknown} [cause]
 */
/** Thrown by transports and checks. The repository makes a BotSessionsError of it. */
export class Failure extends Error {
    /** @param {FailureFacts} facts */
    constructor(facts: FailureFacts);
    facts: FailureFacts;
}
export function isUnknownName({ code }: {
    code: string;
}): boolean;
/** Every failure of the repository. That there is no such session is what `notFound` says, and nothing else. */
export class BotSessionsError extends Error {
    /**
     * @param {string} operation
     * @param {FailureFacts} facts
     * @param {{ answeredBefore?: boolean, outdated?: boolean }} [circumstances]
     */
    constructor(operation: string, facts: FailureFacts, { answeredBefore, outdated }?: {
        answeredBefore?: boolean;
        outdated?: boolean;
    });
    /** SQLSTATE, or PostgREST's own code; empty where no answer came, or not the database's. */
    code: string;
    /** Of HTTP; undefined over node-postgres, and where no answer came. */
    status: number | undefined;
    details: string | null;
    hint: string | null;
    /** There is no such session. (A missing table or a wrong URL is a 404 too, but not this.) */
    notFound: boolean;
    /** The session was ended, or is another worker's: a QR code for an inactive one, a stale fence, a live lease. */
    conflict: boolean;
    /** The same call may succeed later. Everything else is final. */
    transient: boolean;
    /** The request took too long, here or there, or waited for a lock too long. */
    timedOut: boolean;
}
/**
 * What a transport found out about a request that failed.
 */
export type FailureFacts = {
    message: string;
    /**
     * SQLSTATE, or PostgREST's own code; none where no answer came, or not the database's
     */
    code?: string | undefined;
    /**
     * of HTTP
     */
    status?: number | undefined;
    details?: string | null | undefined;
    hint?: string | null | undefined;
    /**
     * no answer came within the time
     */
    timedOut?: boolean | undefined;
    cause?: unknown;
};
