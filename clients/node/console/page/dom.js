import { pieces } from './visible.js';

export const $ = (id) => document.getElementById(id);

/** An element with attributes and children; those that are null are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(attribute, '');
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

// What is the same is left alone: a selection of text and the focus stay where they are.

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

const shown = new WeakMap();

/** Text of the database: what cannot be seen is shown as an escape, and nothing in it turns its surroundings around. */
export function setForeign(node, text) {
  if (shown.get(node) === text) return;
  shown.set(node, text);
  node.replaceChildren(
    ...pieces(text).map(([piece, isEscape]) => (isEscape ? element('span', { class: 'escape' }, piece) : piece)),
  );
  node.dir = 'auto';
}

const shapes = {
  diamond: 'M6 .8 11.2 6 6 11.2.8 6z',
  square: 'M2.4 1.4h7.2a1 1 0 0 1 1 1v7.2a1 1 0 0 1-1 1H2.4a1 1 0 0 1-1-1V2.4a1 1 0 0 1 1-1z',
  triangle: 'M6 1.2 11.4 10.8H.6z',
  circle: 'M6 1.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6z',
  ring: 'M6 1.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6zM6 3a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
};

export const states = {
  orphaned: 'diamond',
  awaiting_qr: 'square',
  stale: 'triangle',
  running: 'circle',
  ended: 'ring',
};
export const events = {
  created: ['circle', 'running'],
  reopened: ['circle', 'running'],
  recovered: ['triangle', 'stale'],
  claimed: ['square', 'awaiting_qr'],
  released: ['ring', 'ended'],
  lease_lost: ['diamond', 'orphaned'],
  ended: ['ring', 'ended'],
  deleted: ['diamond', 'orphaned'],
  forgotten: ['diamond', 'orphaned'],
};

/** A small shape; its colour comes from the class. */
export function mark(shape, state) {
  const made = svg(
    'svg',
    { class: `mark ${state}`, viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    svg('path', { 'fill-rule': 'evenodd' }),
  );
  setMark(made, shape, state);
  return made;
}

export function setMark(node, shape, state) {
  setAttribute(node, 'class', `mark ${state}`);
  setAttribute(node.firstChild, 'd', shapes[shape] ?? shapes.circle);
}
