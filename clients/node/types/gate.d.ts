/** Lets only so many through at once. One that hangs gives its place away after a while. */
export class Gate {
    /**
     * @param {number} places
     * @param {number} patience ms that a task may hold its place
     */
    constructor(places: number, patience: number);
    /** Places that nobody holds. */
    free: number;
    /**
     * @template Result
     * @param {() => Promise<Result>} task
     * @returns {Promise<Result>}
     */
    through<Result>(task: () => Promise<Result>): Promise<Result>;
    /** Waits until a place is free, and leaves it so. */
    untilFree(): Promise<void>;
    #private;
}
