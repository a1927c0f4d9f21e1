'use strict';

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { after, afterEach, before, describe, test } = require('node:test');
const { code, startBrowser, until } = require('./console.cjs');

let system, served;
before(async () => {
  system = await startBrowser();
  served = await system.startConsole('node-postgres');
});
after(() => system?.stop());
afterEach(() => assert.deepEqual(system.complaints, []));

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that is serious. By evaluate: the page's policy lets no other script in. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
    );
}

const sees = (page, text) => page.getByText(text, { exact: false }).filter({ visible: true }).first().waitFor();
const isWiderThanWindow = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

test('with no session it says how one is made', async () => {
  const page = await system.open(served);
  await sees(page, 'There is no session yet');
  assert.deepEqual(await findings(page), []);
  await page.context().close();
});

test('every state can be told without colours, and axe finds nothing serious', async () => {
  await system.start('waits', { worker: 'worker-1' });
  await system.touch('waits', { qr_data: code('w'), last_message: 'Olá' });
  await system.start('runs');
  await system.start('over');
  await system.end('over', { reason: 'logged out' });
  await system.start('lost', { worker: 'worker-2' });
  await system.sql(
    "update public.bot_session_leases set expires_at = now() - interval '1 minute' where session_id = 'lost'",
  );
  for (const [colorScheme, locale] of [
    ['light', 'en'],
    ['dark', 'pt-BR'],
  ]) {
    const page = await system.open(served, { colorScheme, locale });
    await page.locator('.row').nth(3).waitFor();
    assert.match(
      await page.locator('#list').innerText(),
      locale === 'en'
        ? /orphaned[^]*awaiting QR[^]*running[^]*ended/
        : /órfã[^]*aguardando QR[^]*em execução[^]*encerrada/,
    );
    for (const id of ['waits', 'over', 'lost', 'nobody']) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, id);
      if (id !== 'nobody') await page.locator('.history li').first().waitFor();
      assert.deepEqual(await findings(page), [], `${id}, ${colorScheme}`);
    }
    await page.evaluate(() => {
      location.hash = 'runs';
    });
    await page.locator('#detail .forget').click();
    assert.deepEqual(await findings(page), [], `the question, ${colorScheme}`);
    await page.context().close();
  }
});

test('360 pixels are wide enough', async () => {
  const page = await system.open(served, { viewport: { width: 360, height: 740 } });
  await page.locator('.row').first().waitFor();
  assert.equal(await isWiderThanWindow(page), false);
  await page.locator('.row', { hasText: 'waits' }).click();
  await page.locator('.paper').waitFor();
  assert.equal(await isWiderThanWindow(page), false);
  assert.ok((await page.locator('.paper').boundingBox()).width >= 280);
  await page.goBack();
  await page.locator('.row').first().waitFor();
  await page.context().close();
});

test('the focus, a selection and the place in the list survive what is refreshed', async () => {
  for (let i = 0; i < 60; i++) await system.start(`many ${i}`);
  const page = await system.open(served, { hash: 'runs' });
  await page.getByRole('button', { name: 'End…', exact: true }).focus();
  await page.locator('#list').evaluate((list) => {
    list.scrollTop = 900;
  });
  await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('#detail h2 bdi')));
  const top = () =>
    page.locator('#list').evaluate(
      (list) =>
        [...list.querySelectorAll('.row')]
          .filter((row) => !row.hidden)
          .map((row) => [
            row.getBoundingClientRect().top - list.getBoundingClientRect().top,
            row.querySelector('.name').textContent,
          ])
          .filter(([y]) => y > -52)
          .sort(([a], [b]) => a - b)[0],
    );
  const before_ = await top();
  const heard = await page.locator('#live-text').textContent();
  for (let i = 0; i < 5; i++) {
    await system.start(`a new one ${i}`);
    await system.touch('runs', { last_message: `message ${i}` });
    await until('the message is shown', async () =>
      (await page.locator('#detail dl').innerText()).includes(`message ${i}`),
    );
  }
  await until('the new ones are counted', async () => (await page.locator('#shown').textContent()) === '69');
  assert.ok(heard);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'End…');
  assert.equal(await page.evaluate(() => String(getSelection())), 'runs');
  assert.deepEqual(await top(), before_);
  await page.context().close();
});

test('the keyboard goes through the list and the filter, and back leads to what was chosen before', async () => {
  const page = await system.open(served);
  await page.locator('.row').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('many 1');
  await until('the list is filtered', async () => (await page.locator('#shown').textContent()) === '11 of 69');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  assert.equal(await page.locator('[aria-selected=true] .name').textContent(), 'many 19');
  await page.locator('.row', { hasText: 'many 12' }).click();
  await page.locator('#detail h2', { hasText: 'many 12' }).waitFor();
  await page.goBack();
  await page.locator('#detail h2', { hasText: 'many 19' }).waitFor();
  await page.locator('#filter').fill('');
  await page.locator('#counts button.ended').click();
  assert.equal(await page.locator('#shown').textContent(), '1 of 69');
  await page.locator('#filter').fill('nothing like it');
  await page.getByRole('button', { name: 'Show all' }).click();
  assert.equal(await page.locator('#shown').textContent(), '69');
  await page.context().close();
});

test('the chart counts starts, recoveries and lost leases, and says so in words', async () => {
  for (const way of ['PostgREST', 'node-postgres']) {
    const other = await system.startConsole(way);
    await system.start('runs'); // recovered
    const page = await system.open(other);
    const label = await until('the chart is drawn', () => page.locator('#activity-bars').getAttribute('aria-label'));
    const [{ starts, recoveries }] = await system.sql(
      `select count(*) filter (where event in ('created', 'reopened')) as starts,
        count(*) filter (where event = 'recovered') as recoveries
       from public.bot_session_events`,
    );
    assert.match(label, new RegExp(`^${starts} starts, ${recoveries} recoveries, 0 lost leases; most`), way);
    await page.context().close();
    await other.stop();
  }
});

test('through PostgREST the chart says since when it has the newest 10,000 events', async () => {
  await system.sql(
    `insert into public.bot_session_events (session_id, event, actor_role, happened_at)
     select 'long ago', 'created', 'me', now() - interval '1 second' * (12001 - i) from generate_series(1, 12000) as i`,
  );
  const other = await system.startConsole('PostgREST');
  const page = await system.open(other);
  await sees(page, 'the newest 10,000 events');
  assert.match(await page.locator('#activity-legend').innerText(), /starts (9,\d\d\d|10,000)/);
  await page.context().close();
  await other.stop();
});

test('all pages share one reading of the list', async () => {
  const other = await system.startConsole('PostgREST');
  let readings = 0;
  system.gateway.fault = (request, response, forward) => {
    if (request.url.includes('bot_session_overview')) readings++;
    forward();
  };
  const pages = [];
  for (let i = 0; i < 3; i++) pages.push(await system.open(other));
  for (const page of pages) await page.locator('.row').first().waitFor();
  system.gateway.fault = null;
  // The second page of a reading is the empty one that ends it.
  const first = readings;
  assert.ok(first >= 2);
  readings = 0;
  const began = performance.now();
  system.gateway.fault = (request, response, forward) => {
    if (request.url.includes('bot_session_overview')) readings++;
    forward();
  };
  await until('it was read again', () => readings >= 2);
  const most = 2 * Math.ceil((performance.now() - began) / 2000 + 1);
  assert.ok(readings <= most, `${readings} requests, where ${most} would do`);
  system.gateway.fault = null;
  for (const page of pages) await page.context().close();
  await other.stop();
});

test('nothing is read from the database while the page is hidden', async () => {
  const page = await system.open(served, { hash: 'runs' });
  await page.locator('.history li').first().waitFor();
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.clock.install();
  await page.clock.fastForward(120_000);
  assert.deepEqual(requests, []);
  await page.context().close();
});

describe('where something is wrong the page says so', () => {
  test('a key that may no longer do that', async () => {
    const other = await system.startConsole('PostgREST');
    const page = await system.open(other, { hash: 'runs' });
    await page.locator('.row').first().waitFor();
    await system.sql('revoke execute on function public.bot_session_overview(interval) from service_role');
    try {
      await sees(page, 'The key may not do that');
      assert.deepEqual(await findings(page), []);
      assert.ok(await page.locator('.row').first().isVisible());
    } finally {
      await system.sql('grant execute on function public.bot_session_overview(interval) to service_role');
    }
    await page.locator('#notice').waitFor({ state: 'hidden' });
    await page.context().close();
    await other.stop();
  });

  test('a database that does not answer, and one that does again', async () => {
    const other = await system.startConsole('PostgREST', '--timeout', '1');
    const page = await system.open(other);
    await page.locator('.row').first().waitFor();
    system.gateway.fault = (request, response) => response.destroy();
    await sees(page, 'The database does not answer. What is shown is');
    system.gateway.fault = null;
    await page.locator('#notice').waitFor({ state: 'hidden' });
    await page.context().close();
    await other.stop();
  });

  test('a console that was ended', async () => {
    const other = await system.startConsole('node-postgres');
    const page = await system.open(other);
    await page.locator('.row').first().waitFor();
    await other.stop();
    await sees(page, 'The console does not answer');
    await page.context().close();
  });
});

test('a read-only console has no buttons, and says that a code is a login', async () => {
  const other = await system.startConsole('node-postgres', '--read-only');
  const page = await system.open(other, { hash: 'waits' });
  await page.locator('.history li').first().waitFor();
  assert.equal(await page.locator('#detail .title button').filter({ visible: true }).count(), 0);
  await sees(page, 'It still shows QR codes, and a QR code is a login');
  assert.match(other.started.stderr, /a QR code is a login/);
  await page.context().close();
  await other.stop();
});

test('10,000 sessions are filtered nearly as fast as 100', async () => {
  const pages = [];
  for (const count of [100, 10_000]) {
    await system.sql('delete from public.bot_sessions');
    await system.sql(
      "insert into public.bot_sessions (session_id) select 'bot ' || i from generate_series(1, $1::int) as i",
      [count],
    );
    const other = await system.startConsole('node-postgres');
    const page = await system.open(other);
    await until(
      'all are there',
      async () => Number((await page.locator('#shown').textContent()).replace(',', '')) === count,
    );
    await other.stop(); // what was read is to stay as it is
    pages.push(page);
  }
  const times = [[], []];
  for (let round = 0; round < 15; round++) {
    for (const [i, page] of pages.entries()) {
      times[i].push(
        await page.evaluate(
          async (text) => {
            const filter = document.getElementById('filter');
            const began = performance.now();
            filter.value = text;
            filter.dispatchEvent(new Event('input', { bubbles: true }));
            document.getElementById('list').getBoundingClientRect(); // layout too
            const took = performance.now() - began;
            await new Promise((done) => setTimeout(done, 5));
            return took;
          },
          `bot ${round % 10}`,
        ),
      );
    }
  }
  const [few, many] = times.map((list) => list.sort((a, b) => a - b)[7]);
  assert.ok(many <= 3 * few, `${many} ms, and ${few} ms for 100`);
  for (const page of pages) await page.context().close();
});

test('both languages have the same words', async () => {
  const { dictionaries } = await import('../../../clients/node/console/page/words.js');
  const { en, pt } = dictionaries;
  assert.deepEqual(Object.keys(pt), Object.keys(en));
  for (const name of Object.keys(en)) assert.equal(typeof pt[name], typeof en[name], name);
});
