/**
 * The profile of the browser with which a bot is logged in, for the RemoteAuth of whatsapp-web.js. It is written into the
 * slot that is not in use, and one save under the fence makes that the one in use: an upload that was torn, or is a
 * former worker's, changes nothing.
 *
 * `save` and `delete` never reject, since the library calls them where nobody looks: `onError` gets what the store does
 * not report itself. `sessionExists` and `extract` do; once it is known whether there is one, `sessionExists` says so
 * also while the database is away.
 * @param {import('../store.js').BotSessionStore} store
 * @param {object} options
 * @param {string} options.dataPath that of RemoteAuth
 * @param {boolean} [options.deleteOnDisconnect] RemoteAuth calls `delete` for many a reason, so it does nothing by
 *   default: the login goes by `report.ended(reason, { forget: true })`
 * @param {(error: any) => unknown} [options.onError] prints by default
 * @returns {RemoteAuthStore}
 */
export function remoteAuthStore(store: import("../store.js").BotSessionStore, { dataPath, deleteOnDisconnect, onError }: {
    dataPath: string;
    deleteOnDisconnect?: boolean | undefined;
    onError?: ((error: any) => unknown) | undefined;
}): RemoteAuthStore;
/**
 * What whatsapp-web.js takes as `store` of its RemoteAuth.
 */
export type RemoteAuthStore = {
    sessionExists: (options: {
        session: string;
    }) => Promise<boolean>;
    save: (options: {
        session: string;
    }) => Promise<void>;
    extract: (options: {
        session: string;
        path: string;
    }) => Promise<void>;
    delete: (options: {
        session: string;
    }) => Promise<void>;
};
/**
 * Where the profile is: `profile.a` or `profile.b`.
 */
export type Pointer = {
    slot: "a" | "b";
    chunks: number;
    bytes: number;
    sha256: string;
};
