import { readFileSync } from 'node:fs';
import { Problem, USAGE } from './problem.js';

// In a clone the migration stands in the project's sql/; the package has a copy of it.
const places = ['../sql/create_bot_sessions.sql', '../../../sql/create_bot_sessions.sql'];

export async function run({ options, env, connect, out, err }) {
  const schema = env.BOTSESSION_SCHEMA || 'public';
  const text = inSchema(readMigration(), schema);
  if (!options.apply) {
    if (options.json) throw new Problem('--json needs --apply', { exitCode: USAGE });
    return out.write(text);
  }
  if (!env.DATABASE_URL) {
    throw new Problem('--apply needs DATABASE_URL', {
      exitCode: USAGE,
      advice: 'or paste what botsession migrate prints into the SQL editor',
    });
  }
  const { looks } = await connect();
  const { row, notices } = await looks.script(text).catch((error) => {
    if (error.code !== '3F000') throw error;
    throw new Problem(error.message, { advice: `create schema ${schema}` });
  });
  for (const { severity, message, hint } of notices) {
    if (severity !== 'WARNING') continue;
    err.line(err.style('yellow', `warning: ${message}`));
    if (hint) err.line(`  ${hint}`);
  }
  if (options.json) return out.json(row);
  out.table(Object.entries(row).map(([name, value]) => [[name.replace('_', ' '), 'dim'], value]));
}

function readMigration() {
  for (const place of places) {
    try {
      return readFileSync(new URL(place, import.meta.url), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  throw new Problem('the migration is not in this package', { advice: 'in a clone: npm run prepare' });
}

/** As the migration says itself: the word public is replaced in the whole file. */
function inSchema(text, schema) {
  if (schema === 'public') return text;
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) {
    throw new Problem('BOTSESSION_SCHEMA has to be of small letters, digits and _ for the migration', {
      exitCode: USAGE,
    });
  }
  return text.replaceAll(/\bpublic\b/g, schema);
}
