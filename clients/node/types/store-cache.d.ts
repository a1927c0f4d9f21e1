/** What is stored under the fence, as far as it is known: the newest of it, up to so many bytes. */
export class Cache {
    /** @param {number} most bytes; 0: nothing is kept */
    constructor(most: number);
    /**
     * @param {string} kind
     * @param {string} key
     * @returns {string|null|undefined} undefined where it is not known
     */
    get(kind: string, key: string): string | null | undefined;
    /**
     * @param {string} kind
     * @param {string} key
     * @param {string|null} value
     */
    set(kind: string, key: string, value: string | null): void;
    /**
     * @param {string} kind
     * @param {string} key
     */
    delete(kind: string, key: string): void;
    /** @param {string} kind */
    deleteKind(kind: string): void;
    clear(): void;
    #private;
}
