import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from '../console/page/lean-qr.mjs';
import { intervalMs } from '../console/page/interval.js';
import { visible } from '../console/page/visible.js';
import { milliseconds } from './arguments.js';
import { CodeWatch } from './code-watch.js';
import { draw, fittingMargin, leastSize } from './drawing.js';
import { toPng } from './png.js';
import { Problem, UNKNOWN, USAGE, unknownSession } from './problem.js';
import { Screen } from './screen.js';

const interval = 1000;
const goneAfter = 5000;

export async function run(context) {
  const {
    positionals: [id],
    options,
  } = context;
  const life = options['qr-life'] === undefined ? undefined : milliseconds(options['qr-life'], '--qr-life');
  if (options.watch && options.png === '-') throw new Problem('--watch needs a file for --png', { exitCode: USAGE });
  const reader = new Reader(context.connection.repository, id, new CodeWatch({ life }));
  return options.watch ? watch(context, reader) : once(context, reader);
}

/** Reads the row, with the database's clock where that is known. */
class Reader {
  #clock = null;

  constructor(repository, id, codes) {
    Object.assign(this, { repository, id, codes });
  }

  /** The code as it is now, or null; ends where the session is unknown or has ended. */
  async read() {
    const row = await this.repository.read(this.id);
    if (!row) throw unknownSession(this.id);
    if (row.status !== 'active')
      throw new Problem(`${JSON.stringify(this.id)} has ended`, {
        exitCode: UNKNOWN,
        advice: 'a bot service starts it again',
      });
    if (row.qr_data) await this.#readClock();
    const time = this.#clock ? this.#clock.time + (performance.now() - this.#clock.at) : NaN;
    this.codes.observe(row.qr_data, time - Date.parse(row.updated_at));
    return this.codes.current;
  }

  /** The overview alone tells the database's time. Read again after a while: a computer sleeps, and clocks drift. */
  async #readClock() {
    if (this.#clock && Math.abs(Date.now() - this.#clock.date) < 30_000) return;
    const rows = await this.repository.overview({ status: 'active' });
    const row = rows.find(({ session_id }) => session_id === this.id);
    if (row)
      this.#clock = {
        time: Date.parse(row.updated_at) + intervalMs(row.idle),
        at: performance.now(),
        date: Date.now(),
      };
  }
}

const encode = (text) => {
  try {
    return generate(text);
  } catch {
    throw new Problem('the QR data is too long for a QR code', {
      advice: 'it may be a picture already: bots store the text of the code',
    });
  }
};

function about({ age, left, expired }) {
  const rest = expired ? 'it has expired' : `at most ${Math.ceil(left / 1000)} s left`;
  return `at least ${Math.floor(age / 1000)} s old, ${rest}`;
}

const asData = (id, code) => ({
  session_id: id,
  qr_data: code.text,
  age_seconds: Math.floor(code.age / 1000),
  left_seconds: Math.ceil(code.left / 1000),
});

async function once({ positionals: [id], options, out, err }, reader) {
  const code = await reader.read();
  if (!code) {
    throw new Problem(`${JSON.stringify(id)} has no QR code now`, {
      advice: 'it is logged in, or its bot has not made one yet: --watch waits for it',
    });
  }
  if (options.json) return out.json(asData(id, code));
  const picture = encode(code.text);
  if (options.png !== undefined) {
    writePng(options.png, picture, out);
    if (options.png !== '-') out.line(`${options.png}: the QR code of ${visible(id)}, ${about(code)}`);
    return;
  }
  const margin = out.terminal ? fittingMargin(picture, windowOf(out)) : 4;
  if (margin === 0) throw new Problem(...tooSmall(picture, windowOf(out)));
  err.line(`${visible(id)}: ${about(code)}`);
  out.line(draw(picture, margin).join('\n'));
}

const windowOf = ({ stream }) => ({ columns: stream.columns || 80, rows: stream.rows || 24 });

function tooSmall(picture, { columns, rows }) {
  const least = leastSize(picture);
  return [
    `the QR code needs ${least.columns} columns and ${least.rows} rows, and the window has ${columns} and ${rows}`,
    { advice: 'make it larger, or use --png FILE, or botsession console' },
  ];
}

/** A code is a login: nobody else may read the file, and none that is over stays in it. */
function writePng(file, picture, out) {
  const png = toPng(picture);
  if (file === '-') return out.write(png);
  const temporary = `${file}.${process.pid}.new`;
  try {
    writeFileSync(temporary, png, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Problem(`cannot write ${file}: ${error.code}`);
  }
}

async function watch({ positionals: [id], options, out, process }, reader) {
  const show = options.json
    ? jsonLines(id, out)
    : options.png !== undefined
      ? pictures(id, options.png, out)
      : out.terminal
        ? drawings(id, out)
        : lines(id, out);
  const screen = !options.json && options.png === undefined && out.terminal ? new Screen(out.stream, process) : null;
  let last = { text: 'is waiting for a code' };
  const refresh = () => show(last, screen);
  screen?.open(refresh);
  try {
    for (let trouble = 0; ;) {
      try {
        const code = await reader.read();
        trouble = 0;
        if (!code && reader.codes.goneFor >= goneAfter) break;
        last = {
          code,
          text: code
            ? about(code)
            : reader.codes.goneFor === undefined
              ? 'is waiting for a code'
              : 'the code was taken away',
        };
      } catch (error) {
        if (!error.transient) throw error;
        trouble++;
        const { current: code } = reader.codes;
        last = { code, text: `${code ? `${about(code)}; ` : ''}no answer, trying again` };
      }
      refresh();
      await (screen ? screen.sleep(interval) : sleep(Math.min(interval * 2 ** trouble, 10_000)));
    }
  } finally {
    screen?.close();
    if (options.png !== undefined) rmSync(options.png, { force: true });
  }
  if (options.json) out.json({ session_id: id, qr_data: null }, 0);
  else out.line(`${visible(id)}: the code was taken away. It was scanned, or the bot gave up: botsession show tells.`);
}

/** The drawing, in place. */
function drawings(id, out) {
  return ({ code, text }, screen) => {
    const status = `${visible(id)}: ${text}`;
    if (!code) return screen.show([], status);
    const picture = encode(code.text);
    const margin = fittingMargin(picture, windowOf(out));
    if (margin === 0) {
      const [sentence, { advice }] = tooSmall(picture, windowOf(out));
      return screen.show([`${sentence};`, advice], status);
    }
    // One that has expired is no longer there to be scanned.
    screen.show(
      code.expired
        ? ['', `This code has expired. A new one appears here when the bot makes it.`]
        : draw(picture, margin),
      status,
    );
  };
}

/** Each new code once, for a pipe or a log. */
function lines(id, out) {
  let shown;
  return ({ code }) => {
    if (!code || code.text === shown) return;
    shown = code.text;
    out.line(`${visible(id)}: ${about(code)}\n${draw(encode(code.text)).join('\n')}`);
  };
}

function jsonLines(id, out) {
  let shown;
  return ({ code }) => {
    if (!code || code.text === shown) return;
    shown = code.text;
    out.json(asData(id, code), 0);
  };
}

function pictures(id, file, out) {
  let shown = null;
  return ({ code }) => {
    const text = code && !code.expired ? code.text : null;
    if (text === shown) return;
    shown = text;
    if (text === null) return rmSync(file, { force: true });
    writePng(file, encode(text), out);
    out.line(`${file}: the QR code of ${visible(id)}, ${about(code)}`);
  };
}
