// Everything that the page says. Both languages have the same names.

const en = {
  name: 'English',
  other: 'Português',
  orphaned: 'orphaned', awaiting_qr: 'awaiting QR', stale: 'stale', running: 'running', ended: 'ended',
  orphanedMany: 'orphaned', awaiting_qrMany: 'awaiting QR', staleMany: 'stale', runningMany: 'running', endedMany: 'ended',
  orphanedWhy: 'their lease ran out or was released, and no worker has taken them',
  awaiting_qrWhy: 'a QR code waits to be scanned',
  staleWhy: 'silent for more than 5 minutes',
  runningWhy: 'written to within 5 minutes',
  endedWhy: 'inactive',
  filterByState: 'Show only one state',
  sessions: 'Sessions',
  session: 'The session chosen',
  filter: 'Filter by session or worker',
  shown: (some, all) => (some === all ? all : `${some} of ${all}`),
  loading: 'Reading the sessions…',
  noneLikeThat: 'No session is like that.',
  clear: 'Show all',
  noSessions: 'There is no session yet',
  noSessionsHow: 'A bot service makes one when it starts a bot:',
  choose: 'Choose a session',
  chooseHow: '↑ ↓ move in the list, / goes to the filter.',
  back: 'Back',
  live: 'live',
  ago: (time) => `${time} ago`,
  noAnswer: (time) => `no answer for ${time}`,
  pace: (time) => `Through PostgREST more than 3,000 sessions are read every ${time} at most.`,
  readOnly: 'read-only',
  readOnlyWhy: 'This console ends no session. It still shows QR codes, and a QR code is a login.',
  last24Hours: 'Last 24 hours',
  since: (time) => `Since ${time}, the newest 10,000 events`,
  starts: 'starts', recoveries: 'recoveries', lost: 'lost leases',
  most: (count) => `peak ${count}/h`,
  now: 'now',
  activity: (starts, recoveries, lost, most, when) => `${starts} starts, ${recoveries} recoveries, ${lost} lost leases; most, ${most}, in the hour from ${when}`,
  activityNone: 'No session was started.',
  hour: (when, starts, recoveries, lost) => `${when}: ${starts} starts, ${recoveries} recoveries, ${lost} lost leases`,
  end: 'End…', endAndForget: 'End and forget login…', forget: 'Forget login…',
  worker: 'Worker', noWorker: 'none', fence: (number) => `fence ${number}`, withoutLease: 'runs without a lease',
  lease: 'Lease', leaseLeft: (time) => `runs out in ${time}`, leaseOver: (time) => `ran out ${time} ago`, leaseReleased: 'released',
  lastWrite: 'Last write', created: 'Created', lastMessage: 'Last message', noMessage: 'none',
  login: 'Login data', loginKept: 'kept: the bot logs in by itself', loginNone: 'none: the bot needs a scan', kind: (kind, number, size) => `${kind} ${number} (${size})`,
  history: 'History', noHistory: 'No event is known.', by: 'by',
  event_created: 'created', event_recovered: 'recovered', event_reopened: 'reopened', event_ended: 'ended', event_deleted: 'deleted',
  event_claimed: 'claimed', event_released: 'released', event_lease_lost: 'lease lost', event_forgotten: 'login forgotten',
  code: (id) => `QR code of ${id}`,
  codeAge: (seconds) => `at least ${seconds} s old`,
  codeLeft: (seconds) => `at most ${seconds} s left`,
  codeHow: 'WhatsApp › Linked devices › Link a device',
  codeExpired: 'This code has expired', codeExpiredWhy: 'A new one appears here when the bot makes it.',
  codeExpiredAgo: (time) => `expired at least ${time} ago`,
  codeOrphaned: 'No bot is behind this code', codeOrphanedWhy: 'Its worker is gone. A scan would lead nowhere.',
  codeCutOff: 'This code may be over', codeCutOffWhy: 'Nothing has been heard since.',
  codeGone: 'The code was taken away', codeGoneWhy: 'It was scanned, or the bot gave up.',
  endedNote: 'This session has ended. The page cannot start a bot: its bot service does.',
  orphanedNote: 'No worker runs this session. A bot service takes it over when it claims or starts sessions:',
  staleNote: 'Nothing was written for a while. A bot that runs without heartbeats looks the same as one that is dead.',
  unknown: 'There is no such session', unknownWhy: 'It was deleted, or never made.',
  endTitle: (id) => `End ${id}?`, forgetTitle: (id) => `End ${id} and forget its login?`, forgetOnlyTitle: (id) => `Forget the login of ${id}?`,
  endWhat: 'The session becomes inactive, its QR code is removed and its lease released. A bot that still runs is refused at its next write or renewal, and its service stops it.',
  endKeeps: 'What it logs in with is kept: started again, it needs no scan.',
  forgetWhat: 'What it logs in with is deleted for good: started again, it has to be scanned.',
  reason: 'Reason, kept in the history', cancel: 'Cancel', endNow: 'End session', forgetNow: 'End and forget', forgetOnlyNow: 'Forget login',
  endFailed: 'It was not ended: ',
  said_noAnswer: 'The database does not answer.',
  said_refusedKey: 'The database does not accept the key any more.',
  said_noRights: 'The key may not do that. It may not be the service key.',
  said_noMigration: 'The tables or functions are not there. Run the migration: botsession migrate.',
  said_other: 'The database refused. The log of the server says why.',
  said_unknown: 'There is no such session.',
  said_gone: 'The console does not answer. Is botsession console still running?',
  said_outside: 'This console was started anew. Open the address that it printed.',
  said_refused: 'The console refused.',
  shownIs: (time) => `What is shown is ${time} old.`,
};

const pt = {
  name: 'Português',
  other: 'English',
  orphaned: 'órfã', awaiting_qr: 'aguardando QR', stale: 'silenciosa', running: 'em execução', ended: 'encerrada',
  orphanedMany: 'órfãs', awaiting_qrMany: 'aguardando QR', staleMany: 'silenciosas', runningMany: 'em execução', endedMany: 'encerradas',
  orphanedWhy: 'o lease venceu ou foi liberado, e nenhum worker as assumiu',
  awaiting_qrWhy: 'um QR code espera ser lido',
  staleWhy: 'em silêncio há mais de 5 minutos',
  runningWhy: 'com escrita nos últimos 5 minutos',
  endedWhy: 'inativas',
  filterByState: 'Mostrar só um estado',
  sessions: 'Sessões',
  session: 'A sessão escolhida',
  filter: 'Filtrar por sessão ou worker',
  shown: (some, all) => (some === all ? all : `${some} de ${all}`),
  loading: 'Lendo as sessões…',
  noneLikeThat: 'Nenhuma sessão é assim.',
  clear: 'Mostrar todas',
  noSessions: 'Ainda não há sessão',
  noSessionsHow: 'O serviço de bots cria uma quando inicia um bot:',
  choose: 'Escolha uma sessão',
  chooseHow: '↑ ↓ andam na lista, / vai ao filtro.',
  back: 'Voltar',
  live: 'ao vivo',
  ago: (time) => `há ${time}`,
  noAnswer: (time) => `sem resposta há ${time}`,
  pace: (time) => `Pelo PostgREST, mais de 3.000 sessões são lidas no máximo a cada ${time}.`,
  readOnly: 'só leitura',
  readOnlyWhy: 'Este console não encerra sessões. Ainda mostra QR codes, e um QR code é um login.',
  last24Hours: 'Últimas 24 horas',
  since: (time) => `Desde ${time}, os 10.000 eventos mais novos`,
  starts: 'inícios', recoveries: 'recuperações', lost: 'leases perdidos',
  most: (count) => `pico ${count}/h`,
  now: 'agora',
  activity: (starts, recoveries, lost, most, when) => `${starts} inícios, ${recoveries} recuperações, ${lost} leases perdidos; o máximo, ${most}, na hora desde ${when}`,
  activityNone: 'Nenhuma sessão foi iniciada.',
  hour: (when, starts, recoveries, lost) => `${when}: ${starts} inícios, ${recoveries} recuperações, ${lost} leases perdidos`,
  end: 'Encerrar…', endAndForget: 'Encerrar e esquecer login…', forget: 'Esquecer login…',
  worker: 'Worker', noWorker: 'nenhum', fence: (number) => `fence ${number}`, withoutLease: 'roda sem lease',
  lease: 'Lease', leaseLeft: (time) => `vence em ${time}`, leaseOver: (time) => `venceu há ${time}`, leaseReleased: 'liberado',
  lastWrite: 'Última escrita', created: 'Criada', lastMessage: 'Última mensagem', noMessage: 'nenhuma',
  login: 'Dados de login', loginKept: 'guardados: o bot entra sozinho', loginNone: 'nenhum: o bot precisa de uma leitura', kind: (kind, number, size) => `${kind} ${number} (${size})`,
  history: 'Histórico', noHistory: 'Nenhum evento é conhecido.', by: 'por',
  event_created: 'criada', event_recovered: 'recuperada', event_reopened: 'reaberta', event_ended: 'encerrada', event_deleted: 'apagada',
  event_claimed: 'assumida', event_released: 'liberada', event_lease_lost: 'lease perdido', event_forgotten: 'login esquecido',
  code: (id) => `QR code de ${id}`,
  codeAge: (seconds) => `ao menos ${seconds} s de idade`,
  codeLeft: (seconds) => `no máximo ${seconds} s restantes`,
  codeHow: 'WhatsApp › Dispositivos conectados › Conectar dispositivo',
  codeExpired: 'Este código expirou', codeExpiredWhy: 'Um novo aparece aqui quando o bot o fizer.',
  codeExpiredAgo: (time) => `expirou há pelo menos ${time}`,
  codeOrphaned: 'Não há bot atrás deste código', codeOrphanedWhy: 'O worker sumiu. Uma leitura não levaria a nada.',
  codeCutOff: 'Este código pode ter acabado', codeCutOffWhy: 'Nada foi ouvido desde então.',
  codeGone: 'O código foi retirado', codeGoneWhy: 'Foi lido, ou o bot desistiu.',
  endedNote: 'Esta sessão foi encerrada. A página não inicia bots: isso é do serviço de bots.',
  orphanedNote: 'Nenhum worker roda esta sessão. Um serviço de bots a assume quando reivindica ou inicia sessões:',
  staleNote: 'Nada foi escrito há algum tempo. Um bot que roda sem heartbeats parece igual a um morto.',
  unknown: 'Não há tal sessão', unknownWhy: 'Foi apagada, ou nunca existiu.',
  endTitle: (id) => `Encerrar ${id}?`, forgetTitle: (id) => `Encerrar ${id} e esquecer o login?`, forgetOnlyTitle: (id) => `Esquecer o login de ${id}?`,
  endWhat: 'A sessão fica inativa, o QR code é removido e o lease liberado. Um bot que ainda roda é recusado na próxima escrita ou renovação, e o serviço o para.',
  endKeeps: 'Os dados de login ficam: iniciada de novo, não precisa de leitura.',
  forgetWhat: 'Os dados de login são apagados de vez: iniciada de novo, precisa ser lida.',
  reason: 'Motivo, guardado no histórico', cancel: 'Cancelar', endNow: 'Encerrar sessão', forgetNow: 'Encerrar e esquecer', forgetOnlyNow: 'Esquecer login',
  endFailed: 'Não foi encerrada: ',
  said_noAnswer: 'O banco de dados não responde.',
  said_refusedKey: 'O banco de dados não aceita mais a chave.',
  said_noRights: 'A chave não pode fazer isso. Talvez não seja a chave de serviço.',
  said_noMigration: 'As tabelas ou funções não estão lá. Rode a migração: botsession migrate.',
  said_other: 'O banco de dados recusou. O log do servidor diz por quê.',
  said_unknown: 'Não há tal sessão.',
  said_gone: 'O console não responde. botsession console ainda está rodando?',
  said_outside: 'Este console foi iniciado de novo. Abra o endereço que ele mostrou.',
  said_refused: 'O console recusou.',
  shownIs: (time) => `O que se vê tem ${time}.`,
};

export const dictionaries = { en, pt };

const stored = () => {
  try {
    return localStorage.getItem('language');
  } catch {
    return null; // storage may be switched off
  }
};

let chosen = 'en';
if (typeof navigator !== 'undefined' && typeof document !== 'undefined') {
  const wanted = [stored(), ...navigator.languages].filter(Boolean).map((tag) => tag.slice(0, 2));
  chosen = wanted.find((tag) => Object.hasOwn(dictionaries, tag)) ?? 'en';
}

const tags = { en: 'en', pt: 'pt-BR' };

/** The language's tag, for numbers and dates. */
export const language = () => tags[chosen];

export function switchLanguage() {
  chosen = chosen === 'en' ? 'pt' : 'en';
  try {
    localStorage.setItem('language', chosen);
  } catch {
    // then until the page is left
  }
}

/** What stands under a name; with arguments, what its function makes of them. */
export function word(name, ...args) {
  const entry = dictionaries[chosen][name];
  return typeof entry === 'function' ? entry(...args) : (entry ?? name);
}
