'use strict';

const assert = require('node:assert/strict');
const { readFileSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { after, before, describe, test } = require('node:test');
const jsQR = require('jsqr').default ?? require('jsqr');
const { Terminal } = require('@xterm/headless');
const { startSupabase, tokens, until } = require('../harness.cjs');
const { command, connections, startInTerminal } = require('../client/command.cjs');
const { code, readQr } = require('./console.cjs');

let supabase, env;
before(async () => {
  supabase = await startSupabase();
  env = connections({ ...supabase, tokens });
});
after(() => supabase?.stop());

/** The window of a terminal with what a program has written to it. */
async function windowOf(output, { columns, rows }) {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise((done) => terminal.write(output, done));
  return terminal.buffer.active;
}

const text = (window, rows) =>
  Array.from({ length: rows }, (_, y) => window.getLine(window.viewportY + y)?.translateToString(true) ?? '').join(
    '\n',
  );

/** What a scanner reads from the cells, in a terminal with light text on a dark ground. */
function scan(window, { columns, rows }) {
  const side = 6;
  const width = columns * side;
  const pixels = new Uint8ClampedArray(width * rows * 2 * side * 4).fill(255);
  const paint = (x, y, white) => {
    for (let i = 0; i < side; i++) {
      for (let j = 0; j < side; j++)
        pixels.fill(
          white ? 255 : 0,
          ((y * side + j) * width + x * side + i) * 4,
          ((y * side + j) * width + x * side + i) * 4 + 3,
        );
    }
  };
  for (let y = 0; y < rows; y++) {
    const line = window.getLine(window.viewportY + y);
    for (let x = 0; x < columns; x++) {
      const cell = line?.getCell(x);
      const white = (isDefault, colour, otherwise) => (isDefault ? otherwise : colour === 231);
      const front = cell ? white(cell.isFgDefault(), cell.getFgColor(), true) : true;
      const back = cell ? white(cell.isBgDefault(), cell.getBgColor(), false) : false;
      const character = cell?.getChars() ?? '';
      paint(x, 2 * y, '█▀'.includes(character || 'x') ? front : back);
      paint(x, 2 * y + 1, '█▄'.includes(character || 'x') ? front : back);
    }
  }
  return jsQR(pixels, width, rows * 2 * side, { inversionAttempts: 'dontInvert' })?.data ?? null;
}

const start = (session_id) => supabase.call('bot_session_start', { session_id });
const touch = (session_id, changes) => supabase.call('bot_session_touch', { session_id, ...changes });

for (const way of ['PostgREST', 'node-postgres']) {
  describe(`over ${way}`, () => {
    test('80 by 31 have room for the code, followed in place, until it is taken away', async () => {
      const size = { columns: 80, rows: 31 };
      const id = `${way} follows`;
      await start(id);
      await touch(id, { qr_data: code('one') });
      const terminal = await startInTerminal(['qr', id, '--watch', '--qr-life', '3600'], env[way], size);
      const reads = async (wanted) => scan(await windowOf(terminal.output(), size), size) === wanted;
      await until('the code is read', () => reads(code('one')));
      await touch(id, { qr_data: code('two') });
      await until('the next code is read', () => reads(code('two')));
      const window = await windowOf(terminal.output(), size);
      assert.match(text(window, 31), /at least \d+ s old, at most \d+ s left$/);
      await touch(id, { qr_data: '' });
      assert.equal(await terminal.exited, 0);
      const left = text(await windowOf(terminal.output(), size), 31);
      assert.match(left, /the code was taken away/);
      assert.doesNotMatch(left, /[█▀▄]/);
    });

    test('the code drawn once can be read above the prompt', async () => {
      const size = { columns: 80, rows: 31 };
      const id = `${way} once`;
      await start(id);
      await touch(id, { qr_data: code('once') });
      const terminal = await startInTerminal(['qr', id], env[way], size);
      assert.equal(await terminal.exited, 0);
      assert.equal(scan(await windowOf(`${terminal.output()}$ `, size), size), code('once'));
    });

    test('80 by 24 have not: it says both sizes, and draws when the window grows', async () => {
      const id = `${way} small`;
      await start(id);
      await touch(id, { qr_data: code('small') });
      const once = await startInTerminal(['qr', id], env[way], { columns: 80, rows: 24 });
      assert.equal(await once.exited, 1);
      assert.match(once.output(), /needs 59 columns and 31 rows, and the window has 80 and 24/);
      assert.match(once.output(), /--png FILE, or botsession console/);
      const watching = await startInTerminal(['qr', id, '--watch', '--qr-life', '3600'], env[way], {
        columns: 80,
        rows: 24,
      });
      await until('it says so', () => watching.output().includes('needs 59 columns and 31 rows'));
      const size = { columns: 100, rows: 40 };
      watching.resize(size.columns, size.rows);
      await until(
        'the code is read',
        async () => scan(await windowOf(watching.output(), size), size) === code('small'),
      );
      watching.type('\u0003');
      assert.equal(await watching.exited, 130);
    });
  });
}

test('the picture of --png can be read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'botsession-'));
  await start('pictured');
  await touch('pictured', { qr_data: code('png') });
  const file = join(folder, 'code.png');
  assert.equal((await command(['qr', 'pictured', '--png', file], env.PostgREST)).code, 0);
  assert.equal(readQr(readFileSync(file)), code('png'));
  rmSync(folder, { recursive: true });
});

test('the copy of lean-qr is the package, with its license', () => {
  const copy = (name) => readFileSync(join(__dirname, '../../../clients/node/console/page', name));
  const folder = join(require.resolve('lean-qr'), '..');
  assert.deepEqual(copy('lean-qr.mjs'), readFileSync(join(folder, 'index.mjs')));
  assert.deepEqual(copy('lean-qr.LICENSE'), readFileSync(join(folder, 'LICENSE')));
});
