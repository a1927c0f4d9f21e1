/**
 * @param {Changes} changes
 */
export function sizeOf(changes: Changes): number;
/**
 * @typedef {import('./types.js').BotSessionDataChanges} Changes
 */
/** What a series of saves comes to: of each key the newest value, or that it was deleted. */
export class Layer {
    /** About what it takes in a request: sealed, or with JSON's escapes. */
    bytes: number;
    /** Whether everything that was there before is deleted. */
    all: boolean;
    /** @param {Changes} changes */
    merge(changes: Changes): void;
    forgetAll(): void;
    /**
     * Whether both can go in one request: a kind cannot be deleted and filled in the same.
     * @param {Changes} changes
     */
    takes(changes: Changes): boolean;
    /**
     * @param {string} kind
     * @param {string} key
     * @returns {string|null|undefined} null where it was deleted, undefined where nothing is known of it
     */
    get(kind: string, key: string): string | null | undefined;
    /** @param {string} kind */
    empties(kind: string): boolean;
    /** The kinds that it knows something of. */
    kinds(): MapIterator<string>;
    /**
     * Values, and null for what was deleted by its key.
     * @param {string} kind
     * @returns {Iterable<[string, string|null]>}
     */
    entries(kind: string): Iterable<[string, string | null]>;
    #private;
}
export type Changes = import("./types.js").BotSessionDataChanges;
