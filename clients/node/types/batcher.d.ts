/**
 * Collects items while a request is under way, and sends them together with the next one.
 * @template Item, Result
 */
export class Batcher<Item, Result> {
    /**
     * @param {(items: Item[]) => Promise<Result[]>} send one result for each item
     * @param {number} size items at most in one request
     */
    constructor(send: (items: Item[]) => Promise<Result[]>, size: number);
    /**
     * @param {Item} item
     * @returns {Promise<Result>}
     */
    add(item: Item): Promise<Result>;
    #private;
}
