// What the picture shows: made-up sessions at a fixed time, in the form in which the database would give them.

export const time = Date.UTC(2026, 10, 4, 14, 30);

const ago = (seconds) => new Date(time - seconds * 1000).toISOString();
const names = `padaria-central clinica-sul loja-aurora autoescola-lima pet-feliz oficina-souza salao-bela farmacia-vida
  pizzaria-roma escola-sol hotel-mar academia-forte livraria-letra mercado-bom otica-visao imobiliaria-lar`.split(/\s+/);

let random = 7;
const next = (most) => (random = (random * 16_807) % 2_147_483_647) % most;

const interval = (seconds) =>
  [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');

function session(session_id, state, idle, more) {
  return {
    session_id, state, idle: interval(idle), has_qr: state === 'awaiting_qr', has_data: state !== 'awaiting_qr',
    worker: state === 'ended' || state === 'orphaned' ? null : `worker-${1 + next(4)}`,
    lease_expires_at: ago(-40), created_at: ago(86_400 * (3 + next(90))), updated_at: ago(idle), ...more,
  };
}

export const chosen = 'loja-aurora';

export const sessions = [
  session('hotel-mar', 'orphaned', 94),
  session('oficina-souza', 'orphaned', 131),
  session(chosen, 'awaiting_qr', 3, { worker: 'worker-2' }),
  session('pet-feliz', 'awaiting_qr', 41),
  session('autoescola-lima', 'stale', 460),
  ...Array.from({ length: 131 }, (_, i) =>
    session(i < names.length ? names[i] : `${names[next(names.length)]}-${i}`, 'running', 1 + next(55)),
  ),
  ...Array.from({ length: 12 }, (_, i) => session(`${names[i]}-old`, 'ended', 86_400 * (1 + i))),
].filter((row, i, all) => all.findIndex(({ session_id }) => session_id === row.session_id) === i);

const event = (event_id, name, seconds, reason = null) => ({
  event_id, session_id: chosen, event: name, reason, actor_role: 'service_role', actor_sub: null, happened_at: ago(seconds),
});

export const repository = {
  overview: async () => sessions,
  read: async (session_id) => {
    const { created_at, updated_at, state } = sessions.find((row) => row.session_id === session_id);
    return {
      session_id, created_at, updated_at, status: state === 'ended' ? 'inactive' : 'active',
      last_message: 'Olá! O seu pedido já saiu para entrega',
      qr_data: state === 'awaiting_qr' ? `2@${'made-up,not-a-login/'.repeat(12)}`.slice(0, 240) : null,
    };
  },
  history: async () => [
    event(1, 'created', 864_000), event(2, 'claimed', 863_990, 'worker-1'), event(3, 'released', 180_000, 'worker-1'),
    event(4, 'claimed', 179_980, 'worker-3'), event(5, 'lease_lost', 43_000, 'worker-3'),
    event(6, 'claimed', 42_990, 'worker-2'), event(7, 'ended', 7300, 'logged out on the phone'),
    event(8, 'forgotten', 7300, 'logged out on the phone'), event(9, 'reopened', 65), event(10, 'claimed', 65, 'worker-2'),
  ],
};

// Most starts in the day; a process that died at night.
const shape = [38, 44, 61, 80, 92, 88, 71, 60, 52, 41, 30, 22, 17, 14, 12, 13, 19, 33, 52, 70, 81, 77, 66, 31];

export const looks = {
  sizes: true,
  lease: async () => ({ worker: 'worker-2', fence: 412, expires_at: ago(-46), released_at: null }),
  data: async () => [],
  activity: async (hours) => ({
    since: null,
    time,
    counts: shape.map((starts, i) => ({
      hour: Math.floor(time / 3_600_000) - hours + 1 + i,
      starts, recoveries: i === 11 ? 34 : i === 12 ? 9 : next(3), lost: i === 11 ? 21 : next(2),
    })),
  }),
};
