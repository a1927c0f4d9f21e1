import { visible } from '../console/page/visible.js';
import { createSealer } from '../src/seal.js';
import { FAILED, Problem, USAGE, unknownSession } from './problem.js';

const stopIt = 'stop its worker, or let that seal anew under its fence (docs/data.md)';

export async function run({ positionals: [id], options, connection, env, out }) {
  const { from, plain, json } = options;
  if (from !== undefined && id === undefined) throw new Problem('--from needs the ID of one session', { exitCode: USAGE });
  const { repository } = connection;
  const sealKey = readKeys(env.BOT_SEAL_KEY, plain);
  const reseal = (session_id) => repository.reseal(session_id, { sealKey, from });
  if (id !== undefined) {
    const resealed = await reseal(id).catch((error) => {
      if (error.notFound) throw unknownSession(id);
      if (error.conflict) throw new Problem(`${JSON.stringify(id)} is run by a worker`, { advice: stopIt });
      throw error;
    });
    if (json) out.json({ session_id: id, resealed });
    else out.line(`${visible(id)}: ${values(resealed)}`);
    return 0;
  }

  const results = [];
  for (const { session_id } of (await repository.overview()).filter(({ has_data }) => has_data)) {
    const result = await reseal(session_id).then((resealed) => ({ session_id, resealed }), (error) => refused(session_id, error));
    if (!result) continue;
    results.push(result);
    if (!json && result.resealed !== 0) out.line(`${visible(session_id)}: ${result.error ?? values(result.resealed)}`);
  }
  if (json) out.json(results);
  const failures = results.filter(({ error }) => error !== undefined);
  if (!json) out.line(`${results.length - failures.length} of ${results.length} sessions are sealed with the first key.`);
  if (failures.some(({ conflict }) => conflict)) throw new Problem('what a worker runs was left as it is', { advice: stopIt });
  return failures.length > 0 ? FAILED : 0;
}

const values = (count) => `${count} ${count === 1 ? 'value' : 'values'} sealed anew`;

/** What keeps one session from being sealed, and says nothing of the others; null where it is gone. */
function refused(session_id, error) {
  if (error.notFound) return null;
  if (error.conflict) return { session_id, error: 'a worker runs it', conflict: true };
  if (!/^(wrongKey|damaged|unsealed|changing)$/.test(error.code)) throw error;
  return { session_id, error: error.message.replace(/^reseal: /, ''), code: error.code };
}

/** The keys, the newest first. */
function readKeys(text, plain) {
  if (!text) throw new Problem('BOT_SEAL_KEY is not set', { exitCode: USAGE, advice: 'set it to the new key, a comma, and the old ones' });
  const keys = [...text.split(',').map((key) => key.trim()), ...(plain ? [null] : [])];
  try {
    createSealer(keys);
  } catch {
    throw new Problem('BOT_SEAL_KEY must be keys of 32 bytes as base64, separated by commas', { exitCode: USAGE, advice: 'openssl rand -base64 32 makes one' });
  }
  return keys;
}
