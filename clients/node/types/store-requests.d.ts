/** What a proxy lets through, as a rule. */
export const mostBytes: 1000000;
/** The requests that all stores of a repository share: one is under way, what comes meanwhile goes with the next. */
export class SaveRequests {
    /** @param {(saves: import('./types.js').BotSessionSave[]) => Promise<import('./types.js').BotSessionSaved[]>} saveMany */
    constructor(saveMany: (saves: import("./types.js").BotSessionSave[]) => Promise<import("./types.js").BotSessionSaved[]>);
    /** @param {Saver} store that has something to send */
    add(store: Saver): void;
    #private;
}
/**
 * A store as its requests see it.
 */
export type Saver = {
    /**
     * about the size of what it sends next
     */
    bytes: number;
    /**
     * its last save came to no end in time: others do not wait for the next one
     */
    alone: boolean;
    /**
     * what it sends now
     */
    take: () => import("./types.js").BotSessionSave | null;
    answered: (answer: import("./types.js").BotSessionSaved) => void;
    failed: (error: any) => void;
};
export type Sent = {
    store: Saver;
    save: import("./types.js").BotSessionSave;
};
