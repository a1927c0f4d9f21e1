/** What the command looks at with a database connection beyond the repository. */
export class Database {
  #pool;
  #schema;

  constructor(pool, { schema }) {
    this.#pool = pool;
    this.#schema = `"${schema.replaceAll('"', '""')}"`;
    this.sizes = true;
  }

  /** Rows. `@` in the text is the schema. */
  async query(text, values) {
    try {
      const { rows } = await this.#pool.query(text.replaceAll('@.', `${this.#schema}.`), values);
      return rows;
    } catch (error) {
      // Without a severity it is not the server that has spoken.
      throw Object.assign(error, { transient: !error.severity || /^(08|53|57)/.test(error.code) });
    }
  }

  async lease(session_id) {
    const [lease] = await this.query('select worker, fence::float8 as fence, expires_at from @.bot_session_leases where session_id = $1', [session_id]);
    return lease ?? null;
  }

  /** Kinds with their counts and bytes. The length of a text is in its header: no value is read. */
  async data(session_id) {
    return this.query(
      `select kind, count(*)::float8 as count, sum(octet_length(value))::float8 as bytes
       from @.bot_session_data where session_id = $1 group by kind order by kind`,
      [session_id],
    );
  }
}
