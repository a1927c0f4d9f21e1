/**
 * Throws a TypeError where that is no key.
 * @param {unknown} sealKey undefined: nothing is sealed
 * @returns {Sealer}
 */
export function createSealer(sealKey: unknown): Sealer;
/**
 * 32 bytes as base64; or several, the newest first: it seals, the others open what they sealed, and null accepts plain
 * text.
 */
export type SealKey = string | (string | null)[];
/**
 * Where a value stands. It opens nowhere else.
 */
export type Place = [session_id: string, kind: string, key: string];
export type Sealer = {
    seal: (place: Place, value: string) => string;
    /**
     * throws where that is not to be had; never shows a value
     */
    open: (place: Place, stored: string) => string;
    /**
     * how everything begins that the first key has sealed
     */
    newest: string;
};
