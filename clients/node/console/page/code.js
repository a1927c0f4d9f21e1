import { element, setText, svg } from './dom.js';
import { generate } from './lean-qr.mjs';
import { duration } from './units.js';
import { visible } from './visible.js';
import { word } from './words.js';

const quiet = 4;
const least = 280;

/** The card with the QR code, how old it is, and what is said of it instead. */
export class CodeCard {
  #picture = svg('svg', { role: 'img', 'shape-rendering': 'crispEdges' });
  #path = svg('path');
  #title = element('strong');
  #why = element('span');
  #said = element('p', { class: 'said' }, this.#title, this.#why);
  #age = element('span');
  #left = element('span');
  #rest = element('span');
  #bar = element('div', { class: 'bar', 'aria-hidden': 'true' }, this.#rest);
  #how = element('p', { class: 'how' });
  #facts = element('p', { class: 'age' }, this.#age, this.#left);
  #text = null;
  node = element(
    'div',
    { class: 'code', hidden: true },
    element('div', { class: 'paper' }, this.#picture, this.#said),
    this.#facts,
    this.#bar,
    this.#how,
  );

  constructor() {
    this.#picture.append(this.#path);
  }

  /**
   * @param {{ id: string, state: string, text?: string, age?: number, life?: number, gone?: boolean, cutOff?: boolean }} code
   *   age and life in ms; `cutOff`: nothing has been heard for a while
   */
  show({ id, text, age, life, state, gone, cutOff }) {
    this.node.hidden = !text && !gone;
    if (this.node.hidden) return this.#draw(null);
    const expired = Boolean(text) && age >= life;
    const sentence = sentenceOf({ gone, state, expired, cutOff });
    this.#draw(text ?? null, id);
    this.node.classList.toggle('faint', sentence !== null);
    this.node.classList.toggle('gone', Boolean(gone));
    this.#said.hidden = sentence === null;
    if (sentence) {
      setText(this.#title, word(sentence));
      setText(this.#why, word(`${sentence}Why`));
    }
    this.#facts.hidden = this.#bar.hidden = this.#how.hidden = Boolean(gone);
    if (gone) return;
    setText(
      this.#age,
      expired ? word('codeExpiredAgo', duration(age - life)) : word('codeAge', Math.floor(age / 1000)),
    );
    setText(this.#left, expired ? '' : word('codeLeft', Math.ceil((life - age) / 1000)));
    this.#rest.style.width = `${expired ? 0 : Math.max(0, 100 - (age / life) * 100)}%`;
    setText(this.#how, word('codeHow'));
  }

  #draw(text, id) {
    if (id !== undefined) this.#picture.setAttribute('aria-label', word('code', visible(id)));
    if (text === this.#text) return;
    this.#text = text;
    this.#path.setAttribute('d', '');
    if (text === null) return;
    let code;
    try {
      code = generate(text);
    } catch {
      return; // too long for a QR code
    }
    const width = code.size + 2 * quiet;
    // A whole number of pixels a module, where there is room.
    this.node.style.setProperty('--size', `${Math.ceil(least / width) * width}px`);
    this.#picture.setAttribute('viewBox', `${-quiet} ${-quiet} ${width} ${width}`);
    this.#path.setAttribute('d', outline(code));
  }
}

/** What is said in place of the code; null where it can be scanned. */
function sentenceOf({ gone, state, expired, cutOff }) {
  if (gone) return 'codeGone';
  if (state === 'orphaned') return 'codeOrphaned';
  if (!expired) return null;
  return cutOff ? 'codeCutOff' : 'codeExpired';
}

/** Each run of dark modules in a line as a rectangle. */
function outline(code) {
  let path = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      const from = x;
      while (x < code.size && code.get(x, y)) x++;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  }
  return path;
}
