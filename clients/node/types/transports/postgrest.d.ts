/**
 * PostgREST by fetch, without a client library.
 * @param {{ url: string, key: string, schema: string }} options
 * @returns {import('./transport.js').Transport}
 */
export function postgrest({ url, key, schema }: {
    url: string;
    key: string;
    schema: string;
}): import("./transport.js").Transport;
