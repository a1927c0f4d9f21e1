import { $, element, mark, setAttribute, setForeign, setMark, setText, states } from './dom.js';
import { duration } from './units.js';
import { word } from './words.js';

const height = 52;
const spare = 4; // rows above and below what is seen

/** The list: as many elements as are seen, used again for other rows while it is scrolled. */
export class List {
  #list = $('list');
  #space = $('rows');
  #elements = [];
  #rows = [];
  #chosen = null;
  #now;
  #onChoose;
  #frame = 0;

  /** @param {{ now: () => number, onChoose: (id: string, how: 'click'|'key') => void }} options */
  constructor({ now, onChoose }) {
    this.#now = now;
    this.#onChoose = onChoose;
    this.#list.addEventListener('scroll', () => this.#renderSoon(), { passive: true });
    this.#list.addEventListener('keydown', (event) => this.#key(event));
    this.#list.addEventListener('click', (event) => {
      const row = event.target.closest('[role=option]');
      if (row) onChoose(this.#rows[row.index].id, 'click');
    });
    new ResizeObserver(() => this.render()).observe(this.#list);
  }

  /** Other rows. What was seen at the top stays there, unless that is the list's beginning. */
  setRows(rows, { keepPlace = true } = {}) {
    const place = keepPlace ? this.#place(rows) : 0;
    this.#rows = rows;
    this.#space.style.height = `${rows.length * height}px`;
    if (this.#list.scrollTop !== place) this.#list.scrollTop = place;
    this.render();
  }

  #place(rows) {
    const { scrollTop } = this.#list;
    if (scrollTop === 0) return 0;
    const first = Math.floor(scrollTop / height);
    const index = new Map(rows.map((row, i) => [row.id, i]));
    // One that has moved to another state would take the view with it.
    for (const old of this.#rows.slice(first, first + 10)) {
      const i = index.get(old.id);
      if (i !== undefined && rows[i].state === old.placedAs)
        return i * height + (scrollTop - this.#rows.indexOf(old) * height);
    }
    return scrollTop;
  }

  /** The row chosen, which is brought into view; in its middle where that is wanted. */
  setChosen(id, { center = false } = {}) {
    this.#chosen = id;
    const index = this.#rows.findIndex((row) => row.id === id);
    if (index >= 0) {
      const { scrollTop, clientHeight } = this.#list;
      const top = index * height;
      const above = top < scrollTop;
      if (above || top + height > scrollTop + clientHeight) {
        this.#list.scrollTop = center ? top - (clientHeight - height) / 2 : above ? top : top + height - clientHeight;
      }
    }
    this.render();
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#list.clientHeight / height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.altKey || event.ctrlKey || event.metaKey || this.#rows.length === 0) return;
    const at = this.#rows.findIndex((row) => row.id === this.#chosen);
    if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      this.#onChoose(this.#chosen, 'click');
    }
    if (!Object.hasOwn(steps, event.key)) return;
    event.preventDefault();
    const to = Math.min(this.#rows.length - 1, Math.max(0, at < 0 ? 0 : at + steps[event.key]));
    this.#onChoose(this.#rows[to].id, 'key');
  }

  #renderSoon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.render();
    });
  }

  render() {
    const { scrollTop, clientHeight } = this.#list;
    const seen = Math.ceil(clientHeight / height) + 2 * spare;
    while (this.#elements.length < seen) this.#elements.push(this.#makeRow());
    const first = Math.max(0, Math.floor(scrollTop / height) - spare);
    const last = Math.min(this.#rows.length, first + seen);
    const used = new Set();
    let active = null;
    for (let i = first; i < last; i++) {
      const node = this.#elements[i % this.#elements.length];
      used.add(node);
      this.#fill(node, i);
      if (this.#rows[i].id === this.#chosen) active = node.id;
    }
    for (const node of this.#elements) {
      if (!used.has(node)) node.hidden = true;
    }
    setAttribute(this.#list, 'aria-activedescendant', active);
  }

  #makeRow() {
    const parts = {
      mark: mark('circle', 'running'),
      name: element('bdi', { class: 'name' }),
      about: element('span', { class: 'about' }),
      idle: element('span', { class: 'idle' }),
      worker: element('bdi'),
    };
    parts.state = element('span');
    parts.about.append(parts.state, parts.worker);
    const node = element(
      'div',
      { role: 'option', class: 'row', id: `row-${this.#elements.length}` },
      parts.mark,
      parts.name,
      parts.idle,
      parts.about,
    );
    Object.assign(node, { parts });
    this.#space.append(node);
    return node;
  }

  #fill(node, index) {
    const row = this.#rows[index];
    const { parts } = node;
    node.index = index;
    row.placedAs = row.state;
    node.hidden = false;
    const transform = `translateY(${index * height}px)`;
    if (node.style.transform !== transform) node.style.transform = transform;
    setAttribute(node, 'aria-selected', String(row.id === this.#chosen));
    setAttribute(node, 'aria-setsize', this.#rows.length);
    setAttribute(node, 'aria-posinset', index + 1);
    setMark(parts.mark, states[row.state], row.state);
    setForeign(parts.name, row.id);
    setText(parts.state, word(row.state));
    setForeign(parts.worker, row.worker === null ? '' : ` · ${row.worker}`);
    setText(parts.idle, duration(this.#now() - row.updated));
  }
}
