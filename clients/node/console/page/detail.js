import { CodeCard } from './code.js';
import { askToEnd } from './dialog.js';
import { $, element, events, mark, setForeign, setMark, setText, states } from './dom.js';
import { bytes, count, date, duration, moment } from './units.js';
import { visibleJson } from './visible.js';
import { word } from './words.js';

const factNames = ['worker', 'lease', 'lastWrite', 'created', 'lastMessage', 'login'];
const snippets = {
  ended: (id) => `await manager.startSession({ session_id: ${visibleJson(JSON.stringify(id))} })`,
  orphaned: () => 'await manager.restoreSessions()',
};

/** The session chosen. Its elements are made once; what changes is written into them. */
export class Detail {
  #root = $('detail');
  #options;
  #parts;
  #id = null;
  #data = null;
  #heard = 0;
  #failure = null;

  /** @param {{ now: () => number, readOnly: () => boolean, onBack: () => void, onEnded: () => void }} options */
  constructor(options) {
    this.#options = options;
    this.relabel();
  }

  /** Makes the elements, also anew in another language. */
  relabel() {
    const back = element('button', { type: 'button', class: 'back' }, '‹ ', word('back'));
    back.addEventListener('click', () => this.#options.onBack());
    const end = element('button', { type: 'button' }, word('end'));
    const forget = element('button', { type: 'button', class: 'forget' }, word('endAndForget'));
    for (const [button, forgets] of [
      [end, false],
      [forget, true],
    ]) {
      button.addEventListener('click', () =>
        askToEnd({ id: this.#id, forget: forgets, ended: this.#data.state === 'ended', onDone: this.#options.onEnded }),
      );
    }
    const pillMark = mark('circle', 'running');
    const pillText = element('span');
    const parts = (this.#parts = {
      name: element('bdi'),
      pill: element('span', { class: 'pill' }, pillMark, pillText),
      pillMark,
      pillText,
      end,
      forget,
      code: new CodeCard(),
      note: element('p', { class: 'note' }),
      noteText: element('span'),
      noteCode: element('code'),
      facts: Object.fromEntries(factNames.map((name) => [name, element('dd')])),
      history: element('ol', { class: 'history' }),
      noHistory: element('p', {}, word('noHistory')),
      workerName: element('bdi'),
      fence: element('span', { class: 'soft' }),
    });
    parts.facts.worker.append(parts.workerName, ' ', parts.fence);
    parts.buttons = element('div', { class: 'buttons' }, end, forget);
    parts.readOnly = element('p', { class: 'limits' }, word('readOnlyWhy'));
    parts.note.append(parts.noteText, parts.noteCode);
    const facts = element(
      'dl',
      {},
      ...factNames.map((name) => element('div', {}, element('dt', {}, word(name)), parts.facts[name])),
    );
    this.#parts.session = [
      back,
      element('div', { class: 'title' }, element('h2', {}, parts.name), parts.pill, parts.buttons, parts.readOnly),
      element(
        'div',
        { class: 'columns' },
        parts.code.node,
        element('div', { class: 'about' }, parts.note, facts),
        element('section', { class: 'past' }, element('h3', {}, word('history')), parts.history, parts.noHistory),
      ),
    ];
    this.#parts.nothing = element(
      'div',
      { class: 'empty' },
      element('h2', {}, word('choose')),
      element('p', {}, word('chooseHow')),
    );
    this.#parts.unknown = element(
      'div',
      { class: 'empty' },
      element('h2', {}, word('unknown')),
      element('p', {}, word('unknownWhy')),
    );
    this.#show(this.#id, this.#data);
  }

  /** Another session, of which the list knows a little. */
  choose(id, row) {
    this.#data = row && {
      state: row.state,
      updated: row.updated,
      created: row.created,
      has_data: row.hasData,
      data: null,
      code: null,
      history: undefined,
      lease: row.worker === null ? undefined : { worker: row.worker, fence: null, expires: row.lease },
    };
    this.#failure = null;
    this.#show(id, this.#data);
    this.#root.scrollTop = 0;
  }

  /** What the console says of it. */
  update(data) {
    if (data.session_id !== this.#id) return;
    if (data.code) data.code.at = performance.now();
    if (data.gone !== undefined) data.goneAt = performance.now() - data.gone;
    this.#heard = performance.now();
    this.#failure = null;
    this.#show(this.#id, data);
  }

  /** Why the console could not read it. What was known stays. */
  fail(kind) {
    this.#failure = kind;
    this.tick();
  }

  get id() {
    return this.#id;
  }

  #show(id, data) {
    this.#id = id;
    this.#data = data;
    const { session, nothing, unknown } = this.#parts;
    const wanted = id === null ? [nothing] : data?.unknown ? [session[0], unknown] : data ? session : [session[0]];
    if (wanted.length !== this.#root.children.length || wanted.some((node, i) => node !== this.#root.children[i]))
      this.#root.replaceChildren(...wanted);
    if (id === null || !data || data.unknown) return;
    setForeign(this.#parts.name, id);
    this.#showHistory(data.history);
    this.tick();
  }

  /** What grows older. */
  tick() {
    const data = this.#data;
    if (this.#id === null || !data || data.unknown) return;
    const parts = this.#parts;
    const now = this.#options.now();
    const { state } = data;
    setMark(parts.pillMark, states[state], state);
    setText(parts.pillText, word(state));
    parts.pill.className = `pill ${state}`;

    parts.readOnly.hidden = !this.#options.readOnly();
    parts.buttons.hidden = this.#options.readOnly() || (state === 'ended' && !data.has_data);
    parts.end.hidden = state === 'ended';
    setText(parts.forget, word(state === 'ended' ? 'forget' : 'endAndForget'));

    const note = this.#failure
      ? `said_${this.#failure}`
      : { ended: 'endedNote', orphaned: 'orphanedNote', stale: 'staleNote' }[state];
    parts.note.hidden = note === undefined;
    if (note) setText(parts.noteText, word(note));
    parts.noteCode.hidden = this.#failure !== null || !snippets[state];
    setText(parts.noteCode, snippets[state]?.(this.#id) ?? '');

    const age = data.code ? data.code.age + performance.now() - data.code.at : undefined;
    parts.code.show({
      id: this.#id,
      text: data.code?.text,
      life: data.code?.life,
      age,
      state,
      gone: !data.code && state !== 'ended' && data.goneAt !== undefined && performance.now() - data.goneAt < 5000,
      cutOff: performance.now() - this.#heard > 10_000,
    });
    this.#root.classList.toggle('with-code', !parts.code.node.hidden);
    this.#showFacts(parts, data, now);
    for (const entry of parts.history.children) {
      if (entry.at !== undefined) setText(entry.ago, word('ago', duration(now - entry.at)));
    }
  }

  #showFacts({ facts, workerName, fence }, { state, lease, updated, created, last_message, data, has_data }, now) {
    const isActive = state !== 'ended';
    const runs = isActive && lease?.worker;
    setForeign(workerName, runs || (lease || !isActive ? word('noWorker') : word('withoutLease')));
    setText(fence, runs && lease.fence !== null ? word('fence', lease.fence) : '');
    const left = lease?.expires && lease.expires - now;
    setText(
      facts.lease,
      !lease || !isActive
        ? ''
        : !lease.expires
          ? word('leaseReleased')
          : left > 0
            ? word('leaseLeft', duration(left))
            : word('leaseOver', duration(-left)),
    );
    facts.lease.parentNode.hidden = !lease || !isActive;
    setText(facts.lastWrite, word('ago', duration(now - updated)));
    setText(facts.created, date(created));
    facts.created.title = moment(created);
    facts.lastMessage.parentNode.hidden = last_message === undefined;
    if (last_message) setForeign(facts.lastMessage, last_message);
    else setForeign(facts.lastMessage, word('noMessage'));
    facts.login.parentNode.hidden = data === null && has_data === null;
    const kinds =
      data?.length > 0
        ? data.map(({ kind, count: number, bytes: size }) => word('kind', kind, count(number), bytes(size))).join(' · ')
        : null;
    setForeign(facts.login, kinds ?? word(has_data ? 'loginKept' : 'loginNone'));
  }

  #showHistory(history) {
    const { history: list, noHistory } = this.#parts;
    noHistory.hidden = history === undefined || history.length > 0;
    const known = new Map([...list.children].map((entry) => [entry.eventId, entry]));
    const entries = (history ?? []).map((event) => known.get(event.event_id) ?? this.#makeEntry(event));
    if (entries.length !== list.children.length || entries.some((entry, i) => entry !== list.children[i]))
      list.replaceChildren(...entries);
  }

  #makeEntry({ event_id, event, reason, role, sub, at }) {
    const [shape, colour] = events[event] ?? ['ring', 'ended'];
    const ago = element('time', { title: moment(at) });
    const why = element('bdi', { class: 'reason' });
    setForeign(why, reason ?? '');
    const actor = element('bdi', { class: 'actor' });
    setForeign(actor, `${word('by')} ${role}${sub === null ? '' : ` ${sub}`}`);
    const entry = element(
      'li',
      {},
      mark(shape, colour),
      element('span', {}, element('strong', {}, word(`event_${event}`)), why, actor),
      ago,
    );
    return Object.assign(entry, { eventId: event_id, at, ago });
  }
}
