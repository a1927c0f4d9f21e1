'use strict';

// The console in a browser, for one test file.

const { chromium } = require('playwright-core');
const jsQR = require('jsqr').default ?? require('jsqr');
const { PNG } = require('pngjs');
const { createStopper, startSupabase, tokens, until } = require('../harness.cjs');
const { connections, startCommand } = require('../client/command.cjs');

/** What a QR code in a picture says; null where a scanner reads none. */
function readQr(png) {
  const { data, width, height } = PNG.sync.read(png);
  return jsQR(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })?.data ?? null;
}

/** A string as WhatsApp's, of 240 characters. */
const code = (seed) => `2@${seed}${'Ab9+/x=,Zq7'.repeat(30)}`.slice(0, 240);

/** Starts the command. Result: { url, port, stop, output() }. */
async function startConsole(env, ...args) {
  const started = startCommand(['console', '--port', '0', ...args], env);
  const url = await until('the console prints its address', () => {
    if (started.child.exitCode !== null) throw new Error(`the console ended: ${started.stderr}`);
    return /^(http:\S+)\n/.exec(started.stdout)?.[1];
  });
  const stop = async () => {
    started.child.kill();
    await started.exited;
  };
  return { url, port: Number(new URL(url).port), stop, started };
}

/** A database with both ways to it, a browser, and pages that fail the test on whatever they complain of. */
async function startBrowser() {
  const { stop, onStop } = createStopper();
  try {
    const supabase = await startSupabase();
    onStop(supabase.stop);
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: true });
    onStop(() => browser.close());
    const env = connections({ ...supabase, tokens });
    const complaints = [];

    async function open(console_, { hash = '', ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', ...options });
      onStop(() => context.close());
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      page.on('pageerror', (error) => complaints.push(error.stack));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
          complaints.push(message.text());
      });
      await page.goto(console_.url);
      await page.waitForURL(`http://127.0.0.1:${console_.port}/`);
      if (hash)
        await page.evaluate((id) => {
          location.hash = encodeURIComponent(id);
        }, hash);
      return page;
    }

    const start = (session_id, args) => supabase.call('bot_session_start', { session_id, ...args });
    const touch = (session_id, changes) => supabase.call('bot_session_touch', { session_id, ...changes });
    const end = (session_id, args) => supabase.call('bot_session_end', { session_id, ...args });
    const console_ = async (way, ...args) => {
      const started = await startConsole(env[way], ...args);
      onStop(started.stop);
      return started;
    };
    return { ...supabase, browser, env, complaints, open, start, touch, end, startConsole: console_, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a scanner reads of the code on the page. */
const scan = async (page) => readQr(await page.locator('.paper').screenshot());

module.exports = { code, readQr, scan, startBrowser, startConsole, until };
