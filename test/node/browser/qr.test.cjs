'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, describe, test } = require('node:test');
const { code, scan, startBrowser, until } = require('./console.cjs');

let system;
before(async () => {
  system = await startBrowser();
});
after(() => system?.stop());
afterEach(() => assert.deepEqual(system.complaints, []));

const sees = (page, text) => page.getByText(text, { exact: false }).filter({ visible: true }).first().waitFor();

for (const way of ['PostgREST', 'node-postgres']) {
  describe(`over ${way}`, () => {
    let served;
    before(async () => {
      served = await system.startConsole(way, '--qr-life', '3600');
    });
    after(() => served?.stop());
    const id = (name) => `${way} ${name}`;

    test('the code is what was touched, follows its rotation, and is gone soon after it was taken away', async () => {
      await system.start(id('a'));
      await system.touch(id('a'), { qr_data: code('one') });
      const page = await system.open(served, { hash: id('a'), colorScheme: 'dark' });
      await until('the code is read', async () => (await scan(page)) === code('one'));
      assert.match(await page.locator('.code .age').innerText(), /at least \d+ s old\s+at most \d+ s left/);

      await system.touch(id('a'), { qr_data: code('two') });
      await until('the next code is read', async () => (await scan(page)) === code('two'));

      let answers = 0;
      page.on('response', (response) => {
        if (response.url().includes('/api/session')) answers++;
      });
      await system.touch(id('a'), { qr_data: '' });
      await sees(page, 'The code was taken away');
      // One may have been on its way; the next follows after two seconds.
      assert.ok(answers <= 2, `after ${answers} answers`);
      assert.equal(await scan(page), null);
      await page.locator('.code').waitFor({ state: 'hidden' });
      await page.context().close();
    });

    test('a code that has expired cannot be read', async () => {
      await system.start(id('b'));
      await system.touch(id('b'), { qr_data: code('old') });
      const shortLived = await system.startConsole(way, '--qr-life', '1');
      const page = await system.open(shortLived, { hash: id('b') });
      await sees(page, 'This code has expired');
      assert.equal(await scan(page), null);
      await page.context().close();
      await shortLived.stop();
    });

    test('nor one of which nothing was heard for longer than it lives', async () => {
      await system.start(id('e'));
      await system.touch(id('e'), { qr_data: code('cut') });
      const page = await system.open(served, { hash: id('e') });
      await until('the code is read', async () => (await scan(page)) === code('cut'));
      await page.route('**/api/**', (route) => route.abort());
      await page.clock.install();
      await page.clock.fastForward(3_601_000);
      await sees(page, 'This code may be over');
      assert.equal(await scan(page), null);
      await page.context().close();
    });

    test('nor one that no bot is behind', async () => {
      await system.start(id('c'), { worker: 'w' });
      await system.touch(id('c'), { qr_data: code('orphan') });
      await system.sql(
        "update public.bot_session_leases set expires_at = now() - interval '1 minute' where session_id = $1",
        [id('c')],
      );
      const page = await system.open(served, { hash: id('c') });
      await sees(page, 'No bot is behind this code');
      assert.equal(await scan(page), null);
      await page.context().close();
    });

    test('End… says what it does, and ends the session with its reason', async () => {
      await system.start(id('d'), { worker: 'w' });
      const page = await system.open(served, { hash: id('d') });
      await page.getByRole('button', { name: 'End…', exact: true }).click();
      await sees(page, 'A bot that still runs is refused at its next write or renewal');
      await page.getByLabel('Reason').fill('closed by hand');
      await page.getByRole('button', { name: 'End session' }).click();
      await sees(page, 'This session has ended. The page cannot start a bot');
      assert.deepEqual(
        (await system.events(id('d'))).filter(({ event }) => event === 'ended').map(({ reason }) => reason),
        ['closed by hand'],
      );
      await page.context().close();
    });

    test('login data is shown, with sizes where the connection tells them', async () => {
      await system.start(id('f'));
      await system.call('bot_session_save', {
        session_id: id('f'),
        data: { creds: { creds: 'x'.repeat(2100) }, session: { a: '1', b: '2' } },
      });
      const page = await system.open(served, { hash: id('f') });
      await sees(page, way === 'PostgREST' ? 'kept: the bot logs in by itself' : 'creds 1 (2.1 kB) · session 2 (2 B)');
      await page.context().close();
    });

    test('what a message, an id or a reason holds is shown and does nothing', async () => {
      const nasty = `${way} <script>window.hit = 1</script><img src=x onerror="hit=1">\u202etxt\u001b[31m`;
      await system.start(nasty);
      await system.touch(nasty, { last_message: nasty });
      await system.end(nasty, { reason: nasty });
      const page = await system.open(served, { hash: nasty });
      await sees(page, 'This session has ended');
      const shown = `${way} <script>window.hit = 1</script><img src=x onerror="hit=1">\\u202etxt\\x1b[31m`;
      for (const place of ['#detail h2', '#detail dl', '#detail .history', '#list']) {
        await until(`it is shown in ${place}`, async () => (await page.locator(place).innerText()).includes(shown));
      }
      assert.doesNotMatch(await page.locator('body').innerText(), /[\u202e\u001b]/);
      assert.equal(await page.evaluate(() => window.hit), undefined);
      await page.context().close();
    });
  });
}
