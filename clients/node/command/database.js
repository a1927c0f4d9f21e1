/** What the command looks at with a database connection beyond the repository. */
export class Database {
  #pool;
  #schema;

  constructor(pool, { schema }) {
    this.#pool = pool;
    this.schema = schema;
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

  /** Runs a script of many statements. The last row that it gives, and what the server says meanwhile. */
  async script(text) {
    const client = await this.#pool.connect();
    const notices = [];
    const listen = (notice) => notices.push(notice);
    client.on('notice', listen);
    try {
      const results = await client.query(text);
      return { row: [results].flat().at(-1).rows[0], notices };
    } finally {
      client.off('notice', listen);
      client.release();
    }
  }

  /** What the page's title says of the database. */
  async name() {
    const [{ name }] = await this.query('select current_database() as name');
    return name;
  }

  async lease(session_id) {
    const [found] = await this.query(
      `select to_json(l) as lease
       from (select worker, fence, expires_at, released_at from @.bot_session_leases where session_id = $1) as l`,
      [session_id],
    );
    return found?.lease ?? null;
  }

  /** Kinds with their counts and bytes. The length of a text is in its header: no value is read. */
  async data(session_id) {
    return this.query(
      `select kind, count(*)::float8 as count, sum(octet_length(value))::float8 as bytes
       from @.bot_session_data where session_id = $1 group by kind order by kind`,
      [session_id],
    );
  }

  /** Events by the hour. From the first of them on by event_id, which is found by halves: happened_at has no index. */
  async activity(hours) {
    const counts = await this.query(
      `with recursive search as (
         select min(event_id) as low, max(event_id) + 1 as high from @.bot_session_events
         union all
         select case when happened_at < since then event_id + 1 else low end,
           case when happened_at < since then high else middle end
         from search
         cross join lateral (select low + (high - low) / 2 as middle) as halves
         cross join lateral (
           select event_id, happened_at from @.bot_session_events where event_id >= middle order by event_id limit 1
         ) as probe
         cross join lateral (select ${beginning} as since) as bounds
         where low < high
       )
       select floor(date_part('epoch', happened_at) / 3600) as hour,
         count(*) filter (where event in ('created', 'reopened'))::float8 as starts,
         count(*) filter (where event = 'recovered')::float8 as recoveries,
         count(*) filter (where event = 'lease_lost')::float8 as lost
       from @.bot_session_events
       where event_id >= (select max(low) from search) and happened_at >= ${beginning}
       group by 1`,
      [hours],
    );
    const [{ time }] = await this.query('select extract(epoch from clock_timestamp())::float8 * 1000 as time');
    return { counts, since: null, time };
  }
}

const beginning = "date_trunc('hour', now(), 'UTC') - ($1::float8 - 1) * interval '1 hour'";
