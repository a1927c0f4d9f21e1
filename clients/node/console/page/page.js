import { Loop, Trouble, getList, getSession } from './api.js';
import { drawActivity } from './chart.js';
import { Detail } from './detail.js';
import { $, element, mark, setText, states } from './dom.js';
import { List } from './list.js';
import { count, duration } from './units.js';
import { visible } from './visible.js';
import { language, switchLanguage, word } from './words.js';

const order = Object.keys(states);
const rank = Object.fromEntries(order.map((state, i) => [state, i]));

const sessions = new Map();
let sorted = [];
let version = 0;
let chartVersion = 0;
let info = { readOnly: false };
let clock = null; // the database's time, and when that was heard
let readAt = null; // when the console last read the list
let pace = { period: 2000, slow: false }; // ms from one reading to the next
let trouble = null; // { kind, since }
let onlyState = null;
let filter = '';
let retries = 0;

const now = () => (clock ? clock.time + performance.now() - clock.at : Date.now());

// What is chosen stands in the address: the browser's back leads to what was chosen before.

const chosenByAddress = () => {
  try {
    return location.hash.length > 1 ? decodeURIComponent(location.hash.slice(1)) : null;
  } catch {
    return null;
  }
};

function choose(id, how) {
  const address = id === null ? ' ' : `#${encodeURIComponent(id)}`;
  if (how === 'key' && detail.id !== null) history.replaceState(null, '', address);
  else if (detail.id !== id) history.pushState(null, '', id === null ? location.pathname : address);
  followAddress(how);
}

function followAddress(how) {
  const id = chosenByAddress();
  document.body.classList.toggle('chosen', id !== null);
  if (id === detail.id) return;
  detail.choose(id, sessions.get(id));
  list.setChosen(id, { center: how !== 'key' });
  first = true;
  if (id !== null) detailLoop.now();
}

let first = true; // since it was chosen
const detail = new Detail({
  now,
  readOnly: () => info.readOnly,
  onBack: () => choose(null),
  onEnded: () => {
    detailLoop.now();
    listLoop.now();
  },
});
const list = new List({ now, onChoose: choose });

function take(answer) {
  if (answer.full) sessions.clear();
  let moved = answer.full || answer.removed.length > 0;
  for (const id of answer.removed) sessions.delete(id);
  for (const [id, state, hasQr, hasData, worker, lease, created, updated] of answer.sessions) {
    const known = sessions.get(id);
    if (known && known.state === state && known.worker === worker) {
      Object.assign(known, { hasQr, hasData, lease, updated });
      continue;
    }
    moved = true;
    sessions.set(id, {
      id,
      state,
      hasQr,
      hasData,
      worker,
      lease,
      created,
      updated,
      text: `${id}\n${worker ?? ''}`.toLowerCase(),
    });
  }
  if (moved) {
    sorted = [...sessions.values()].sort((a, b) => rank[a.state] - rank[b.state] || (a.id < b.id ? -1 : 1));
    showCounts();
    showList();
  } else {
    list.render();
  }
}

function showList({ keepPlace = true } = {}) {
  const rows = sorted.filter(
    (row) => (onlyState === null || row.state === onlyState) && (filter === '' || row.text.includes(filter)),
  );
  $('list').hidden = rows.length === 0;
  list.setRows(rows, { keepPlace });
  setText($('shown'), version === 0 ? '' : word('shown', count(rows.length), count(sorted.length)));
  showEmpty(rows.length);
}

function showEmpty(length) {
  const empty = $('empty');
  empty.hidden = length > 0;
  if (length > 0) return;
  if (version === 0) {
    empty.replaceChildren(element('p', { class: 'waiting' }, word(trouble ? 'nothingRead' : 'loading')));
  } else if (sorted.length > 0) {
    const clear = element('button', { type: 'button' }, word('clear'));
    clear.addEventListener('click', () => {
      onlyState = null;
      $('filter').value = filter = '';
      showCounts();
      showList({ keepPlace: false });
      $('filter').focus();
    });
    empty.replaceChildren(element('p', {}, word('noneLikeThat')), clear);
  } else {
    empty.replaceChildren(
      element('h2', {}, word('noSessions')),
      element('p', {}, word('noSessionsHow')),
      element('code', {}, "await manager.startSession({ session_id: 'bot1' })"),
    );
  }
}

const countParts = new Map(
  order.map((state) => {
    const parts = { name: element('span', { class: 'name' }), number: element('b') };
    parts.button = element(
      'button',
      { type: 'button', class: state, 'aria-pressed': 'false' },
      element('span', { class: 'label' }, mark(states[state], state), parts.name),
      parts.number,
    );
    parts.button.addEventListener('click', () => {
      onlyState = onlyState === state ? null : state;
      showCounts();
      showList({ keepPlace: false });
    });
    $('counts').append(parts.button);
    return [state, parts];
  }),
);

function showCounts() {
  const counts = Object.fromEntries(order.map((state) => [state, 0]));
  for (const { state } of sorted) counts[state]++;
  for (const [state, { button, name, number }] of countParts) {
    setText(name, word(`${state}Many`));
    setText(number, version === 0 ? '–' : count(counts[state]));
    button.title = word(`${state}Why`);
    button.setAttribute('aria-pressed', String(onlyState === state));
  }
}

const listLoop = new Loop(async () => {
  try {
    const answer = await getList(version, chartVersion);
    version = answer.version;
    if (answer.info) {
      info = answer.info;
      setText($('place'), `${info.place} · ${info.edition === 'c' ? 'C' : 'PL/pgSQL'} ${info.version}`);
      $('read-only').hidden = !info.readOnly;
      document.title = `botsession · ${info.place}`;
    }
    if (answer.time !== undefined && answer.time !== null) clock = { time: answer.time, at: performance.now() };
    if (answer.age !== null) readAt = performance.now() - answer.age;
    pace = { period: (answer.age ?? 0) + answer.next, slow: answer.slow };
    setTrouble(answer.error);
    retries = 0;
    take(answer);
    if (answer.chart) {
      chartVersion = answer.chart.version;
      drawActivity(answer.chart);
    }
    $('console').classList.toggle('loading', version === 0 && !answer.error);
    tick();
    return Math.max(250, chartVersion === 0 ? Math.min(1000, answer.next) : answer.next);
  } catch (error) {
    return failed(error);
  }
});

const detailLoop = new Loop(async () => {
  const { id } = detail;
  if (id === null) return 3_600_000;
  try {
    const wasFirst = first;
    first = false;
    const data = await getSession(id, wasFirst);
    if (data.error) {
      first ||= wasFirst;
      detail.fail(data.error);
    } else if (detail.id === id) {
      if (data.time !== undefined && data.time !== null) clock = { time: data.time, at: performance.now() };
      announce(data);
      detail.update(data);
    }
    return 2000;
  } catch (error) {
    return failed(error);
  }
});

function failed(error) {
  if (!(error instanceof Trouble)) throw error;
  setTrouble(error.kind);
  tick();
  return Math.min(30_000, 2000 * 2 ** Math.min(retries++, 4));
}

function setTrouble(kind) {
  if (kind === (trouble?.kind ?? null)) return;
  trouble = kind === null ? null : { kind };
  showList();
}

let announced = '';
function announce({ session_id, code, gone, state }) {
  const said =
    gone !== undefined && gone < 5000 && !code
      ? word('codeGone')
      : state === 'ended'
        ? `${visible(session_id)}: ${word('ended')}`
        : '';
  if (said !== announced) setText($('announcement'), said);
  announced = said;
}

/** Once a second: what grows older. */
function tick() {
  const age = readAt === null ? null : performance.now() - readAt;
  const isLate = trouble !== null || (age !== null && age > pace.period + 5000);
  $('live-dot').className = `dot ${trouble ? 'bad' : isLate || age === null ? 'late' : 'good'}`;
  setText(
    $('live-text'),
    age === null
      ? word(trouble ? 'notConnected' : 'connecting')
      : trouble
        ? word('noAnswer', duration(age))
        : isLate || pace.period > 10_000
          ? word('ago', duration(age))
          : word('live'),
  );
  $('notice').hidden = trouble === null;
  if (trouble)
    setText($('notice'), `${word(`said_${trouble.kind}`)}${age === null ? '' : ` ${word('shownIs', duration(age))}`}`);
  $('pace').hidden = !pace.slow;
  setText($('pace'), word('pace', duration(30_000)));
  list.render();
  detail.tick();
}

function label() {
  document.documentElement.lang = language();
  for (const node of document.querySelectorAll('[data-word]')) setText(node, word(node.dataset.word));
  for (const node of document.querySelectorAll('[data-label]'))
    node.setAttribute('aria-label', word(node.dataset.label));
  for (const node of document.querySelectorAll('[data-title]')) node.title = word(node.dataset.title);
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = word(node.dataset.placeholder);
  setText($('language'), word('other'));
  $('language').lang = language() === 'en' ? 'pt' : 'en';
}

$('filter').addEventListener('input', (event) => {
  filter = event.target.value.trim().toLowerCase();
  showList({ keepPlace: false });
});
$('filter').addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') {
    event.preventDefault();
    $('list').focus();
  }
});
$('language').addEventListener('click', () => {
  switchLanguage();
  label();
  showCounts();
  showList();
  drawActivity();
  detail.relabel();
  tick();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, dialog'))
    return;
  event.preventDefault();
  $('filter').focus();
});
window.addEventListener('popstate', () => followAddress());
window.addEventListener('hashchange', () => followAddress());

label();
showCounts();
showList();
new Loop(() => {
  tick();
  return 1000;
}).now();
listLoop.now().then(() => list.setChosen(detail.id, { center: true }));
followAddress();
