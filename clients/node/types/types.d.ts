/**
 * A row of bot_sessions; columns that you added are in it where it was read.
 */
export type BotSession = {
    session_id: string;
    created_at: string;
    last_message: string | null;
    status: "active" | "inactive";
    /**
     * a credential: do not log it
     */
    qr_data: string | null;
    updated_at: string;
};
/**
 * `previous_status` is the status before the call, null where it created the session; `fence`
 *   is that of the lease, null where none is involved
 */
export type ChangedBotSession = BotSession & {
    previous_status: "active" | "inactive" | null;
    fence: number | null;
};
/**
 * What updateMany says of one element: `status` is null where there is no such session, 'inactive' where it has ended;
 * `fence` is null where a fence was given and is stale.
 */
export type UpdatedBotSession = { [Key in keyof ChangedBotSession]: Key extends "session_id" ? string : ChangedBotSession[Key] | null; };
export type BotSessionChanges = {
    /**
     * null keeps it
     */
    last_message?: string | null | undefined;
    /**
     * null keeps it, '' removes it
     */
    qr_data?: string | null | undefined;
    /**
     * that of the caller's lease
     */
    fence?: number | null | undefined;
};
export type BotSessionUpdate = BotSessionChanges & {
    session_id: string;
};
/**
 * Which worker may run the session, and until when.
 */
export type BotSessionLease = {
    session_id: string;
    worker: string;
    /**
     * to be passed with every write
     */
    fence: number;
    /**
     * by the database's clock
     */
    expires_at: string | null;
};
/**
 * A row of bot_session_overview.
 */
export type BotSessionState = {
    session_id: string;
    state: "ended" | "orphaned" | "stale" | "awaiting_qr" | "running";
    has_qr: boolean;
    /**
     * whether it will log in again by itself
     */
    has_data: boolean;
    worker: string | null;
    lease_expires_at: string | null;
    created_at: string;
    updated_at: string;
    idle: string;
};
/**
 * A row of the audit trail.
 */
export type BotSessionEvent = {
    event_id: number;
    session_id: string;
    event: string;
    reason: string | null;
    actor_role: string;
    actor_sub: string | null;
    happened_at: string;
};
/**
 * What a bot logs in with: kinds, keys, values. A value is text, kept as it is given.
 */
export type BotSessionData = Record<string, Record<string, string>>;
/**
 * What is to be written of that: null in place of a value deletes the key, in place of a kind's values the kind.
 */
export type BotSessionDataChanges = Record<string, Record<string, string | null> | null>;
/**
 * What is to be read of it: null in place of a kind's keys means all of them.
 */
export type BotSessionDataKeys = Record<string, string[] | null>;
export type BotSessionSave = {
    session_id: string;
    data: BotSessionDataChanges;
    fence?: number | null;
};
/**
 * What saveMany says of one element: how many rows were changed, or that nothing of it was written.
 */
export type BotSessionSaved = {
    session_id: string;
    changed?: number;
    refused?: "PT404" | "PT409";
};
