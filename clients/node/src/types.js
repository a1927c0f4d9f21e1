/**
 * A row of bot_sessions; columns that you added are in it where it was read.
 * @typedef {object} BotSession
 * @property {string} session_id
 * @property {string} created_at
 * @property {string|null} last_message
 * @property {'active'|'inactive'} status
 * @property {string|null} qr_data a credential: do not log it
 * @property {string} updated_at
 */

/**
 * The answer of create, update and end.
 * @typedef {BotSession & {
 *   previous_status: 'active'|'inactive'|null,
 *   fence: number|null,
 * }} ChangedBotSession `previous_status` is the status before the call, null where it created the session; `fence`
 *   is that of the lease, null where none is involved
 */

/**
 * What updateMany says of one element: `status` is null where there is no such session, 'inactive' where it has ended;
 * `fence` is null where a fence was given and is stale.
 * @typedef {{ [Key in keyof ChangedBotSession]: Key extends 'session_id' ? string : ChangedBotSession[Key] | null }} UpdatedBotSession
 */

/**
 * @typedef {object} BotSessionChanges
 * @property {string|null} [last_message] null keeps it
 * @property {string|null} [qr_data] null keeps it, '' removes it
 * @property {number|null} [fence] that of the caller's lease
 */

/** @typedef {BotSessionChanges & { session_id: string }} BotSessionUpdate */

/**
 * Which worker may run the session, and until when.
 * @typedef {object} BotSessionLease
 * @property {string} session_id
 * @property {string} worker
 * @property {number} fence to be passed with every write
 * @property {string|null} expires_at by the database's clock
 */

/**
 * A row of bot_session_overview.
 * @typedef {object} BotSessionState
 * @property {string} session_id
 * @property {'ended'|'orphaned'|'stale'|'awaiting_qr'|'running'} state
 * @property {boolean} has_qr
 * @property {boolean} has_data whether it will log in again by itself
 * @property {string|null} worker
 * @property {string|null} lease_expires_at
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string} idle
 */

/**
 * A row of the audit trail.
 * @typedef {object} BotSessionEvent
 * @property {number} event_id
 * @property {string} session_id
 * @property {string} event
 * @property {string|null} reason
 * @property {string} actor_role
 * @property {string|null} actor_sub
 * @property {string} happened_at
 */

/**
 * What a bot logs in with: kinds, keys, values. A value is text, kept as it is given.
 * @typedef {Record<string, Record<string, string>>} BotSessionData
 */

/**
 * What is to be written of that: null in place of a value deletes the key, in place of a kind's values the kind.
 * @typedef {Record<string, Record<string, string|null>|null>} BotSessionDataChanges
 */

/**
 * What is to be read of it: null in place of a kind's keys means all of them.
 * @typedef {Record<string, string[]|null>} BotSessionDataKeys
 */

/** @typedef {{ session_id: string, data: BotSessionDataChanges, fence?: number|null }} BotSessionSave */

/**
 * What saveMany says of one element: how many rows were changed, or that nothing of it was written.
 * @typedef {{ session_id: string, changed?: number, refused?: 'PT404'|'PT409' }} BotSessionSaved
 */

export {};
