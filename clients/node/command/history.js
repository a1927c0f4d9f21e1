import { whole } from './arguments.js';
import { time } from './output.js';
import { unknownSession } from './problem.js';

const styles = {
  created: 'green',
  reopened: 'green',
  recovered: 'yellow',
  lease_lost: 'red',
  deleted: 'red',
  forgotten: 'red',
  ended: 'dim',
};

/** An event as cells of a table. */
export const eventRow = ({ event, reason, actor_role, actor_sub, happened_at, session_id }, withSession = false) => [
  [time(happened_at), 'dim'],
  ...(withSession ? [[session_id, 'bold']] : []),
  [event.replace('_', ' '), styles[event]],
  reason ?? '',
  [`${actor_role}${actor_sub === null ? '' : ` ${actor_sub}`}`, 'dim'],
];

export async function run({ positionals: [id], options, connection, out }) {
  const limit = whole(options.limit ?? '50', '--limit', 1, 1_000_000);
  const { repository } = connection;
  const events = await repository.history(id, { limit });
  // History outlives its session; without either the name is a mistake.
  if (events.length === 0 && id !== undefined && !(await repository.read(id))) throw unknownSession(id);
  if (options.json) return out.json(events);
  if (events.length === 0) return out.line('No event is known.');
  out.table(events.map((event) => eventRow(event, id === undefined)));
}
