export { bytes, duration } from '../console/page/units.js';
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
    const cells = rows.map((row) =>
      row.map((cell) => (Array.isArray(cell) ? cell : [cell])).map(([text, style]) => [visible(text ?? ''), style]),
    );
    const widths = [];
    for (const row of cells) row.forEach(([text], i) => (widths[i] = Math.max(widths[i] ?? 0, columns(text))));
    for (const row of cells) {
      const padded = row.map(
        ([text, style], i) =>
          this.style(style, text) + (i === row.length - 1 ? '' : ' '.repeat(widths[i] - columns(text))),
      );
      this.line(padded.join('  ').trimEnd());
    }
  }
}

const joined = /[\p{Mn}\p{Me}\u200c\u200d\ufe0f]/u; // to the character before
const wide = new RegExp(
  String.raw`[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f]` +
    String.raw`|[\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]`,
  'u',
);

/** Columns that a text takes in a terminal. */
export function columns(text) {
  let sum = 0;
  for (const character of text) {
    if (!joined.test(character)) sum += wide.test(character) ? 2 : 1;
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

/** 2026-11-28 13:05:09 in the time zone of the one who reads it. */
export function time(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const two = (number) => String(number).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
