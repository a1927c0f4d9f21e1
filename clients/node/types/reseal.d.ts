/**
 * Seals anew what the first key did not seal for this session. A row is replaced only where it is still what was read,
 * so that nothing is lost that a bot saves meanwhile; what was missed for that is looked at again.
 * @param {string} session_id
 * @param {import('./seal.js').Sealer} sealer
 * @param {string|undefined} from the session's name when it was sealed
 * @param {Rows} rows
 * @returns {Promise<number>} how many values that were
 */
export function reseal(session_id: string, sealer: import("./seal.js").Sealer, from: string | undefined, rows: Rows): Promise<number>;
export type Query = import("./transports/transport.js").Query;
/**
 * The data of one session.
 */
export type Rows = {
    read: (query: Query) => Promise<any[]>;
    /**
     * in the order of a column that is unique
     */
    readAll: (order: string, query: Query) => Promise<any[]>;
    load: (keys: import("./types.js").BotSessionDataKeys) => Promise<import("./types.js").BotSessionData>;
    /**
     * the value of rows: those that are still so
     */
    replace: (query: Query, value: string) => Promise<any[]>;
};
