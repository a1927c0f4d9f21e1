import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRepository } from '../src/index.js';
import { Database } from './database.js';
import { Problem, USAGE, roleOf } from './problem.js';
import { Rest } from './rest.js';

// What a page holds at most. The repository asks until one comes back empty, so a server may return fewer.
const pageSize = 10_000;

/**
 * A connection is the repository, and `looks`, what the command sees beyond it. `place`, `variable`, `secret`, `key`
 * and `role` are for messages.
 */
export async function connect(env, { timeout }) {
  const schema = env.BOTSESSION_SCHEMA || 'public';
  if (env.DATABASE_URL) return connectDatabase(env.DATABASE_URL, { schema, timeout });
  if (env.SUPABASE_URL || env.SUPABASE_SERVICE_ROLE_KEY) {
    return connectRest(env.SUPABASE_URL, env.SUPABASE_SERVICE_ROLE_KEY, { schema, timeout });
  }
  throw new Problem('where is the database? Neither DATABASE_URL nor SUPABASE_URL is set', {
    exitCode: USAGE,
    advice: 'set DATABASE_URL, or SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY',
  });
}

export async function connectDatabase(connectionString, { schema, timeout }) {
  const { default: pg } = await importPg();
  let pool;
  try {
    pool = new pg.Pool({
      connectionString,
      max: 4,
      application_name: 'botsession',
      query_timeout: timeout,
      connectionTimeoutMillis: timeout,
    });
  } catch {
    throw new Problem('DATABASE_URL cannot be read', {
      exitCode: USAGE,
      advice: 'it looks like postgresql://user:password@host:5432/database',
    });
  }
  return {
    schema,
    place: placeOf(connectionString) ?? 'the database',
    variable: 'DATABASE_URL',
    secret: 'the user and password of DATABASE_URL',
    repository: createRepository({ pool, schema, timeout, pageSize }),
    looks: new Database(pool, { schema }),
    close: () => pool.end(),
  };
}

export async function connectRest(url, key, { schema, timeout }) {
  for (const [name, value] of Object.entries({ SUPABASE_URL: url, SUPABASE_SERVICE_ROLE_KEY: key })) {
    if (!value) throw new Problem(`${name} is not set`, { exitCode: USAGE, advice: `set ${name}, or DATABASE_URL` });
  }
  let repository;
  try {
    repository = createRepository({ url, key, schema, timeout, pageSize });
  } catch (error) {
    const name = error.message.startsWith('key') ? 'SUPABASE_SERVICE_ROLE_KEY' : 'SUPABASE_URL';
    throw new Problem(error.message.replace(/^(key|url)/, name), { exitCode: USAGE });
  }
  return {
    schema,
    key: true,
    role: roleOf(key),
    place: placeOf(url),
    variable: 'SUPABASE_URL',
    secret: 'SUPABASE_SERVICE_ROLE_KEY',
    repository,
    looks: new Rest({ url, key, schema, timeout }),
    async close() {},
  };
}

/** The server without user and password. */
function placeOf(url) {
  try {
    return new URL(url).host || undefined;
  } catch {
    return undefined;
  }
}

/**
 * pg as it is installed beside this package, in the project of the working directory, or where npx has put the command.
 */
async function importPg() {
  const find = [
    () => 'pg',
    ...[join(process.cwd(), 'x'), process.argv[1]].map(
      (from) => () => pathToFileURL(createRequire(from).resolve('pg')).href,
    ),
  ];
  for (const name of find) {
    try {
      return await import(name());
    } catch (error) {
      if (!/^(ERR_)?MODULE_NOT_FOUND$/.test(error.code)) throw error;
    }
  }
  throw new Problem('DATABASE_URL needs the package pg, which is not installed', {
    advice: 'npm install pg, or: npx -p botsession -p pg botsession …',
  });
}
