import { intervalMs } from '../console/page/interval.js';
import { eventRow } from './history.js';
import { bytes, duration, states, time } from './output.js';
import { unknownSession } from './problem.js';
import { visible } from '../console/page/visible.js';

export async function run({ positionals: [id], options, connection, out }) {
  const { repository, looks } = connection;
  const row = await repository.read(id);
  if (!row) throw unknownSession(id);
  const [overview, lease, data, events] = await Promise.all([
    repository.overview().then((rows) => rows.find(({ session_id }) => session_id === id)),
    looks.lease(id),
    looks.data(id),
    repository.history(id, { limit: 10 }),
  ]);
  if (!overview) throw unknownSession(id); // deleted meanwhile
  const { qr_data, ...session } = row;
  if (options.json) {
    return out.json({
      ...session,
      state: overview.state,
      has_qr: overview.has_qr,
      idle: overview.idle,
      lease,
      data,
      events,
    });
  }

  const state = states[overview.state];
  out.line(`${out.style('bold', visible(id))}  ${out.style(state.style, `${state.mark} ${state.words}`)}`);
  out.line();
  const facts = [
    ['Last write', `${duration(intervalMs(overview.idle))} ago`],
    ['Created', time(row.created_at)],
    ['Worker', describeWorker(lease, overview)],
    ['Last message', row.last_message ?? 'none'],
    ['QR code', qr_data ? 'waits to be scanned: botsession qr shows it' : 'none'],
    ['Login data', describeData(data)],
  ];
  const own = Object.entries(session).filter(([name]) => !known.has(name));
  for (const [name, value] of own) facts.push([name, typeof value === 'string' ? value : JSON.stringify(value)]);
  out.table(facts.map(([name, value]) => [[name, 'dim'], value]));
  out.line();
  if (events.length === 0) out.line('No event is known.');
  else out.table(events.map((event) => eventRow(event)));
}

const known = new Set(['session_id', 'created_at', 'last_message', 'status', 'updated_at']);

function describeWorker(lease, { worker, lease_expires_at, state, updated_at, idle }) {
  if (!lease) return 'none: it runs without leases';
  const fence = `fence ${lease.fence}`;
  if (state === 'ended') return `none since it ended; the last was ${lease.worker}, ${fence}`;
  if (!worker) return `none: ${lease.worker} released it, ${fence}`;
  const left = Date.parse(lease_expires_at) - (Date.parse(updated_at) + intervalMs(idle));
  const until = left > 0 ? `lease runs out in ${duration(left)}` : `lease ran out ${duration(-left)} ago`;
  return `${worker}, ${fence}, ${until}`;
}

export function describeData(kinds) {
  if (kinds.length === 0) return 'none: its bot needs a scan';
  return kinds
    .map(({ kind, count, bytes: size }) => `${kind} ${count}${size === undefined ? '' : ` (${bytes(size)})`}`)
    .join(', ');
}
