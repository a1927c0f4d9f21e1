import { unknownSession } from './problem.js';
import { visible } from '../console/page/visible.js';

export async function run({ positionals: [id], options, connection, out }) {
  const { reason, forget = false } = options;
  let row;
  try {
    row = await connection.repository.end(id, { reason, ...(forget && { forget }) });
  } catch (error) {
    throw error.notFound ? unknownSession(id) : error;
  }
  if (options.json) return out.json(row);
  const login = forget ? ' What its bot logged in with is deleted.' : '';
  out.line(`${visible(id)} ${row.previous_status === 'active' ? 'has ended.' : 'had ended already.'}${login}`);
}
