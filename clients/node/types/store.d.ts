export const storeOptionNames: string[];
export class Store {
    /**
     * @param {string} session_id
     * @param {StoreOptions} options
     * @param {Access} access
     */
    constructor(session_id: string, options: StoreOptions, access: Access);
    session_id: string;
    retryDelay: number;
    /**
     * @param {Changes} data
     * @returns {Promise<void>}
     */
    save(data: Changes): Promise<void>;
    /** @returns {Promise<number>} */
    forget(): Promise<number>;
    flush(): Promise<void>;
    /**
     * @param {Keys|null} [keys]
     * @returns {Promise<Data>}
     */
    load(keys?: Keys | null): Promise<Data>;
    get bytes(): number;
    /** @returns {import('./types.js').BotSessionSave|null} */
    take(): import("./types.js").BotSessionSave | null;
    /** @param {import('./types.js').BotSessionSaved} saved */
    answered({ refused }: import("./types.js").BotSessionSaved): void;
    /**
     * @param {any} error
     * @param {boolean} final
     */
    failed(error: any, final: boolean): boolean;
    /** @param {any} error */
    refused(error: any): void;
    #private;
}
export type Data = import("./types.js").BotSessionData;
export type Changes = import("./types.js").BotSessionDataChanges;
export type Keys = import("./types.js").BotSessionDataKeys;
/**
 * What one bot logs in with.
 */
export type BotSessionStore = {
    session_id: string;
    /**
     * resolves once it is written. `null` in place of a value deletes the
     * key, in place of a kind's values the kind
     */
    save: (data: Changes) => Promise<void>;
    /**
     * what is there of those keys: `null` in place of a kind's keys means
     * all of it, nothing at all everything. Sees what was saved before, also where that is not written yet
     */
    load: (keys?: Keys | null) => Promise<Data>;
    /**
     * deletes everything
     */
    forget: () => Promise<number>;
    /**
     * resolves once everything that was saved is written, or refused
     */
    flush: () => Promise<void>;
};
/**
 * What is used of an AbortSignal.
 */
export type SignalLike = {
    aborted: boolean;
    reason: any;
    addEventListener: (type: "abort", listener: () => void, options?: {
        once?: boolean;
    }) => unknown;
};
export type StoreOptions = {
    /**
     * that of the lease under which the bot runs
     */
    fence?: number | null | undefined;
    /**
     * what is stored is sealed with it
     */
    sealKey?: import("./seal.js").SealKey | undefined;
    /**
     * of what it read and wrote is kept, where it has a fence: 1 MB
     */
    cacheBytes?: number | undefined;
    /**
     * ms until what was not answered is sent again; twice as long each time: 1000
     */
    retryDelay?: number | undefined;
    /**
     * gets refusals, and the first failure of an outage
     */
    onError?: ((error: any) => unknown) | undefined;
    /**
     * called once, when the session is another's, ended, deleted or given up
     */
    onLost?: ((error: any) => unknown) | undefined;
    /**
     * gives the session up, with its reason as the error
     */
    signal?: SignalLike | undefined;
};
export type SharedRequests<Item, Answer> = import("./shared-requests.js").SharedRequests<Item, Answer>;
/**
 * How the store gets at the database.
 */
export type Access = {
    saves: SharedRequests<import("./types.js").BotSessionSave, import("./types.js").BotSessionSaved>;
    load: (session_id: string, keys: Keys | undefined, options: {
        fence?: number | null;
    }) => Promise<Data>;
    forget: (session_id: string, options: {
        fence?: number | null;
    }) => Promise<number>;
};
export type Save = {
    data: Changes;
    resolve: (result?: any) => void;
    reject: (error: unknown) => void;
};
