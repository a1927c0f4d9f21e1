/** What a proxy lets through, as a rule. */
export const mostBytes: 1000000;
/**
 * One request is under way; what comes meanwhile goes with the next. A batch that fails for what one item may be the
 * reason of is sent in halves, by turns with what is fresh, so that it keeps nobody else waiting.
 * @template Item, Answer
 */
export class SharedRequests<Item, Answer> {
    /**
     * @param {(items: Item[]) => Promise<Answer[]>} ask one answer for each item
     * @param {object} [options]
     * @param {(error: any, senders: Sender<Item, Answer>[]) => void} [options.onFailure] gets each that passes by itself
     * @param {boolean} [options.parallel] what is fresh does not wait for the answers to parts
     */
    constructor(ask: (items: Item[]) => Promise<Answer[]>, { onFailure, parallel }?: {
        onFailure?: ((error: any, senders: Sender<Item, Answer>[]) => void) | undefined;
        parallel?: boolean | undefined;
    });
    /** @param {Sender<Item, Answer>} sender that has something to send */
    add(sender: Sender<Item, Answer>): void;
    /** @param {Sender<Item, Answer>} sender whose next try is made at once */
    hurry(sender: Sender<Item, Answer>): void;
    /**
     * What becomes of those whose request has failed.
     * @param {Sender<Item, Answer>[]} senders
     * @param {any} error
     * @param {number} [tries] that were made before
     */
    failed(senders: Sender<Item, Answer>[], error: any, tries?: number): void;
    #private;
}
/**
 * Whoever sends through requests that it shares with others. It is asked for an item when a request is made, for the same or
 * a newer one when that was not answered, and adds itself again where it has more after the answer.
 */
export type Sender<Item, Answer> = {
    session_id: string;
    /**
     * about the size of what it sends next
     */
    bytes: number;
    /**
     * ms until what passes by itself is sent again, longer each time
     */
    retryDelay: number;
    /**
     * what it sends now, if there is something
     */
    take: () => Item | null;
    answered: (answer: Answer) => void;
    /**
     * for good
     */
    refused: (error: any) => void;
    /**
     * for now, and whether it is sent again; `final` where no
     * smaller request would tell more
     */
    failed: (error: any, final: boolean) => boolean;
};
/**
 * that goes in one request, if it fits
 */
export type Group<Item, Answer> = {
    senders: Set<Sender<Item, Answer>>;
    due: number;
    tries: number;
};
