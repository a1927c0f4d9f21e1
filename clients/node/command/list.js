import { intervalMs } from '../console/page/interval.js';
import { duration, states } from './output.js';
import { Problem, USAGE } from './problem.js';

const order = Object.keys(states);
const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byId = (a, b) => text(a.session_id, b.session_id);
const sorts = {
  state: (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
  id: () => 0,
  worker: (a, b) => text(a.worker ?? '\uffff', b.worker ?? '\uffff'),
  idle: (a, b) => intervalMs(b.idle) - intervalMs(a.idle),
  created: (a, b) => text(a.created_at, b.created_at),
};

export async function run({ options, connection, out, err }) {
  const sort = options.sort ?? 'state';
  if (!Object.hasOwn(sorts, sort))
    throw new Problem(`--sort takes ${Object.keys(sorts).join(', ')}`, { exitCode: USAGE });
  const wanted = options.state?.split(',').map((state) => state.trim().replace('-', '_'));
  const unknown = wanted?.find((state) => !order.includes(state));
  if (unknown !== undefined) throw new Problem(`--state takes ${order.join(', ')}`, { exitCode: USAGE });

  const all = await connection.repository.overview();
  const rows = all
    .filter(
      (row) =>
        (!wanted || wanted.includes(row.state)) && (options.worker === undefined || row.worker === options.worker),
    )
    .sort((a, b) => sorts[sort](a, b) || byId(a, b));
  if (options.json) return out.json(rows);
  if (rows.length === 0) {
    err.line(all.length === 0 ? 'There is no session yet.' : `None of the ${all.length} sessions is like that.`);
    return;
  }
  out.table([
    ['', 'STATE', 'SESSION', 'WORKER', 'LAST WRITE', 'LOGIN'].map((title) => [title, 'dim']),
    ...rows.map(({ state, session_id, worker, idle, has_data }) => [
      [states[state]?.mark, states[state]?.style],
      [states[state]?.words ?? state, states[state]?.style],
      [session_id, 'bold'],
      worker ?? '',
      duration(intervalMs(idle)),
      has_data ? 'kept' : '',
    ]),
  ]);
  if (!out.terminal) return;
  const counts = order
    .map((state) => [all.filter((row) => row.state === state).length, states[state].words])
    .filter(([count]) => count > 0)
    .map((pair) => pair.join(' '));
  err.line(`\n${rows.length === all.length ? '' : `${rows.length} of `}${all.length} sessions: ${counts.join(', ')}`);
}
