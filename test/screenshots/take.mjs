// Takes the picture of the console that README.md shows: take.mjs FILE. The page and its server are the real ones.

import { createRequire } from 'node:module';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { png } from '../../clients/node/command/png.js';
import { createConsole } from '../../clients/node/console/server.js';
import * as data from './data.mjs';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const { PNG } = require('pngjs');
const info = { place: 'my-project.supabase.co', edition: 'plpgsql', version: '1.0.0' };

const connection = { repository: data.repository, looks: data.looks };
const { server, token } = createConsole({ connection, info, now: () => 0 });
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: true });
const page = await browser.newPage({
  viewport: { width: 1280, height: 800 },
  deviceScaleFactor: 1.5,
  locale: 'en',
  timezoneId: 'UTC',
  colorScheme: 'light',
});
page.on('pageerror', (error) => {
  throw error;
});
// One font wherever it is taken
await page.route('**/style.css', async (route) => {
  const response = await route.fetch();
  await route.fulfill({ response, body: `${await response.text()} body { font-family: Inter; }` });
});
await page.clock.install({ time: data.time });
await page.clock.pauseAt(data.time);
await page.goto(`http://127.0.0.1:${server.address().port}/?token=${token}`);
await page.locator('.row').first().waitFor();
await page.evaluate((id) => {
  location.hash = id;
}, data.chosen);
await page.locator('.history li').first().waitFor();
await page.locator('#activity-bars rect').first().waitFor({ state: 'attached' });
await page.evaluate(() => document.fonts.ready);
writeFileSync(process.argv[2], withPalette(PNG.sync.read(await page.screenshot())));
await browser.close();
server.close();
server.closeAllConnections();

/** The picture with the 256 colours that most of its pixels have; others become the nearest of these. */
function withPalette({ width, height, data: pixels }) {
  const colourAt = (i) => (pixels[4 * i] << 16) | (pixels[4 * i + 1] << 8) | pixels[4 * i + 2];
  const counts = new Map();
  for (let i = 0; i < width * height; i++) counts.set(colourAt(i), (counts.get(colourAt(i)) ?? 0) + 1);
  const palette = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 256)
    .map(([colour]) => colour);
  const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const distance = (a, b) => channels(a).reduce((sum, value, i) => sum + (value - channels(b)[i]) ** 2, 0);
  const places = new Map(palette.map((colour, i) => [colour, i]));
  for (const colour of counts.keys()) {
    if (places.has(colour)) continue;
    const nearest = palette.reduce(
      (best, other, i) => (distance(colour, other) < distance(colour, palette[best]) ? i : best),
      0,
    );
    places.set(colour, nearest);
  }
  const lines = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < width * height; i++) lines[i + Math.floor(i / width) + 1] = places.get(colourAt(i));
  return png({ width, height, bits: 8, colourType: 3 }, [
    ['PLTE', Buffer.from(palette.flatMap(channels))],
    ['IDAT', deflateSync(lines, { level: 9 })],
  ]);
}
