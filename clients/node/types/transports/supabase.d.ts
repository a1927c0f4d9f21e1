/**
 * What is used of a supabase-js client.
 * @typedef {object} SupabaseLike
 * @property {(name: string) => { rpc: (...args: any[]) => any, from: (table: string) => any }} schema
 */
/**
 * PostgREST through a client of supabase-js.
 * @param {{ supabase: SupabaseLike, schema: string }} options
 * @returns {import('./transport.js').Transport}
 */
export function supabaseClient({ supabase, schema }: {
    supabase: SupabaseLike;
    schema: string;
}): import("./transport.js").Transport;
/**
 * What is used of a supabase-js client.
 */
export type SupabaseLike = {
    schema: (name: string) => {
        rpc: (...args: any[]) => any;
        from: (table: string) => any;
    };
};
