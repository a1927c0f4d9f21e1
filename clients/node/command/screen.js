import { columns } from './output.js';

/**
 * A terminal's second page, so that a code does not stay in the window after it was shown. Whatever ends the process,
 * the first page and the cursor are back.
 */
export class Screen {
  #stream;
  #process;
  #wake = () => {};
  #listeners = [];

  constructor(stream, process) {
    this.#stream = stream;
    this.#process = process;
  }

  open(refresh) {
    this.#stream.write('\x1b[?1049h\x1b[?25l');
    this.#listen(this.#stream, 'resize', refresh);
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
      ['SIGHUP', 1],
    ]) {
      this.#listen(this.#process, signal, () => {
        this.close();
        this.#process.exit(128 + number);
      });
    }
    this.#listen(this.#process, 'exit', () => this.close());
  }

  #listen(emitter, event, listener) {
    emitter.on(event, listener);
    this.#listeners.push(() => emitter.off(event, listener));
  }

  /** Lines from the top, and one for what is said of them at the bottom. Nothing scrolls: no line break at the end. */
  show(lines, status) {
    const { columns: width = 80, rows = 24 } = this.#stream;
    const shown = [...lines, status].slice(0, rows);
    // What is left in a line is erased where anything is: after the last column its character would go too.
    const fitted = shown.map((line) => {
      const text = line.startsWith('\x1b') ? line : cut(line, width);
      return columns(text.replaceAll(/\x1b\[[\d;]*m/g, '')) < width ? `${text}\x1b[K` : text;
    });
    this.#stream.write(`\x1b[H${fitted.join('\r\n')}${shown.length < rows ? '\x1b[J' : ''}`);
  }

  sleep(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close() {
    if (this.#listeners.length === 0) return;
    for (const off of this.#listeners.splice(0)) off();
    this.#wake();
    this.#stream.write('\x1b[?25h\x1b[?1049l');
  }
}

function cut(line, width) {
  if (columns(line) <= width) return line;
  let text = '';
  for (const character of line) {
    if (columns(text + character) >= width) break;
    text += character;
  }
  return `${text}…`;
}
