import { time } from './output.js';

const styles = { created: 'green', reopened: 'green', recovered: 'yellow', lease_lost: 'red', deleted: 'red', forgotten: 'red', ended: 'dim' };

/** An event as cells of a table. */
export const eventRow = ({ event, reason, actor_role, actor_sub, happened_at, session_id }, withSession = false) => [
  [time(happened_at), 'dim'],
  ...(withSession ? [[session_id, 'bold']] : []),
  [event.replace('_', ' '), styles[event]],
  reason ?? '',
  [`${actor_role}${actor_sub === null ? '' : ` ${actor_sub}`}`, 'dim'],
];
