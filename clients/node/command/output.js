import { visible, visibleJson } from '../console/page/visible.js';

const styles = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', blue: '34', inverse: '7' };

/** What a stream shows: colours on a terminal that has them, unless NO_COLOR is set. */
export class Output {
  constructor(stream, env = {}) {
    this.stream = stream;
    this.terminal = Boolean(stream.isTTY);
    this.colours = this.terminal && !env.NO_COLOR && stream.hasColors(env);
  }

  write(text) {
    this.stream.write(text);
  }

  line(text = '') {
    this.stream.write(`${text}\n`);
  }

  json(value, space = 2) {
    this.line(visibleJson(JSON.stringify(value, null, space)));
  }

  style(name, text) {
    return this.colours && name ? `\x1b[${styles[name]}m${text}\x1b[0m` : text;
  }

  /** Lines of columns; a cell is a text, or [text, style]. What comes after the last column is not padded. */
  table(rows) {
    const cells = rows.map((row) => row.map((cell) => (Array.isArray(cell) ? cell : [cell])).map(([text, style]) => [visible(text ?? ''), style]));
    const widths = [];
    for (const row of cells) row.forEach(([text], i) => (widths[i] = Math.max(widths[i] ?? 0, columns(text))));
    for (const row of cells) {
      const padded = row.map(([text, style], i) => this.style(style, text) + (i === row.length - 1 ? '' : ' '.repeat(widths[i] - columns(text))));
      this.line(padded.join('  ').trimEnd());
    }
  }
}

/** Columns that a text takes in a terminal. */
export function columns(text) {
  let sum = 0;
  for (const character of text) {
    if (/[\p{Mn}\p{Me}\u200c\u200d\ufe0f]/u.test(character)) continue;
    sum += /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u.test(character) ? 2 : 1;
  }
  return sum;
}

export const states = {
  orphaned: { mark: '◆', style: 'red', words: 'orphaned' },
  awaiting_qr: { mark: '■', style: 'blue', words: 'awaiting QR' },
  stale: { mark: '▲', style: 'yellow', words: 'stale' },
  running: { mark: '●', style: 'green', words: 'running' },
  ended: { mark: '○', style: 'dim', words: 'ended' },
};

/** A length of time in its largest unit: 3 s, 5 min, 2 h, 4 d. */
export function duration(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  for (const unit of ['kB', 'MB', 'GB']) {
    count /= 1000;
    if (count < 1000) return `${count < 9.95 ? count.toFixed(1) : Math.round(count)} ${unit}`;
  }
  return `${Math.round(count)} TB`;
}

/** 2026-11-28 13:05:09 in the time zone of the one who reads it. */
export function time(text) {
  const date = new Date(text);
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
