'use strict';

// The storages for grammY and Telegraf, with both of them. Telegram's servers are a stub.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { mkdtempSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const grammy = require('grammy');
const telegraf = require('telegraf');
const { createRepository, grammyStorage, telegrafStore } = require('../../../clients/node/src/index.js');
const { startSupabase, tokens } = require('../harness.cjs');

let supabase, repository;
before(async () => {
  supabase = await startSupabase();
  repository = createRepository({ url: supabase.gateway.url, key: tokens.service_role });
});
after(() => supabase?.stop());
afterEach(async () => {
  supabase.gateway.fault = null;
  await supabase.sql('delete from public.bot_sessions');
});

const me = { id: 1, is_bot: true, first_name: 'bot', username: 'bot' };
const message = (text, chat, from = chat) => ({
  update_id: 1,
  message: { message_id: 1, date: 0, text, chat: { id: chat, type: 'private', first_name: 'a' }, from: { id: from, is_bot: false, first_name: 'a' } },
});
const rows = async () => (await supabase.sql('select kind, key, value from public.bot_session_data order by 1, 2')).map(Object.values);
const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);
const down = (request, response) => response.writeHead(503).end();

async function openStore() {
  const { fence } = await repository.create({ session_id: 'bot1', worker: 'w1' });
  return repository.store('bot1', { fence });
}

/** What each bot does: it counts the messages of a chat, and /leave forgets the chat. */
const count = (ctx) => {
  if (ctx.message.text === '/leave') ctx.session = undefined;
  else ctx.session.seen.push(ctx.message.text);
};

const libraries = {
  grammY(store, options) {
    const bot = new grammy.Bot('1:token', { botInfo: me });
    bot.api.config.use(async () => ({ ok: true, result: true }));
    bot.use(grammy.session({ initial: () => ({ seen: [] }), storage: grammyStorage(store, options) }));
    bot.on('message', count);
    return { update: (...args) => bot.handleUpdate(message(...args)), key: (chat) => `${chat}` };
  },
  Telegraf(store, options) {
    const bot = new telegraf.Telegraf('1:token');
    bot.botInfo = me;
    bot.telegram.callApi = async () => true;
    bot.catch((error) => { throw error; });
    bot.use(telegraf.session({ defaultSession: () => ({ seen: [] }), store: telegrafStore(store, options) }));
    bot.on('message', count);
    return { update: (...args) => bot.handleUpdate(message(...args)), key: (chat) => `${chat}:${chat}` };
  },
};

for (const [name, start] of Object.entries(libraries)) {
  test(`${name}: what a bot remembers of its chats is there after a restart, and gone when the bot forgets it`, async () => {
    const store = await openStore();
    const bot = start(store);
    await bot.update('hello "ü" ✨', 7);
    await bot.update('again', 7);
    await bot.update('other', 8);
    assert.deepEqual(await rows(), [['chat', bot.key(7), '{"seen":["hello \\"ü\\" ✨","again"]}'], ['chat', bot.key(8), '{"seen":["other"]}']]);
    const restarted = start(await openStore());
    await restarted.update('third', 7);
    await restarted.update('/leave', 8);
    assert.deepEqual(await rows(), [['chat', bot.key(7), '{"seen":["hello \\"ü\\" ✨","again","third"]}']]);
  });

  test(`${name}: a read that fails rejects with the update, and the chat stays as it was`, async () => {
    await start(await openStore()).update('hello', 7);
    const bot = start(await openStore());
    supabase.gateway.fault = down;
    const error = await failure(bot.update('lost', 7));
    assert.equal((error.error ?? error).transient, true);
    supabase.gateway.fault = null;
    await bot.update('found', 7);
    assert.deepEqual(await rows(), [['chat', bot.key(7), '{"seen":["hello","found"]}']]);
  });

  test(`${name}: a bot whose session is another worker's neither reads nor writes`, async () => {
    const bot = start(await openStore());
    await bot.update('hello', 7);
    await start(await openStore()).update('by the heir', 7);
    const before = await rows();
    for (const chat of [7, 8]) {
      const error = await failure(bot.update('late', chat));
      assert.equal((error.error ?? error).conflict, true);
    }
    assert.deepEqual(await rows(), before);
  });

  test(`${name}: two storages of one bot by kind`, async () => {
    const store = await openStore();
    await start(store, { kind: 'basket' }).update('apple', 7);
    await start(store).update('hello', 7);
    assert.deepEqual((await rows()).map(([kind]) => kind), ['basket', 'chat']);
  });
}

test('grammY: the keys of all chats, and whether there is one', async () => {
  const store = await openStore();
  const storage = grammyStorage(store);
  const keys = async () => {
    const found = [];
    for await (const key of storage.readAllKeys()) found.push(key);
    return found.sort();
  };
  assert.deepEqual(await keys(), []);
  await Promise.all([storage.write('a', { n: 1 }), storage.write('__proto__', 2)]);
  assert.deepEqual([await keys(), await storage.has('a'), await storage.has('b'), await storage.read('__proto__')], [['__proto__', 'a'], true, false, 2]);
});

test('what is stored and is not JSON is an error that does not show it', async () => {
  const store = await openStore();
  await store.save({ chat: { 7: 'SECRET' } });
  for (const read of [grammyStorage(store).read, telegrafStore(store).get]) {
    const error = await failure(read('7'));
    assert.ok(!error.stack.includes('SECRET') && error.cause === undefined, error.stack);
  }
});

test('TypeScript takes them for what grammY and Telegraf ask for', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'botsession-'));
  t.after(() => rmSync(dir, { recursive: true }));
  symlinkSync(process.env.NODE_PATH, join(dir, 'node_modules'));
  const types = resolve(__dirname, '../../../clients/node/types/index.js');
  writeFileSync(join(dir, 'bots.mts'), `
    import { Bot, session, type Context, type SessionFlavor } from 'grammy';
    import { Telegraf, session as telegrafSession, type Context as TelegrafContext } from 'telegraf';
    import { grammyStorage, telegrafStore, type BotSessionStore } from '${types}';
    interface Chat { seen: number }
    export function start(store: BotSessionStore) {
      const first = new Bot<Context & SessionFlavor<Chat>>('1:token');
      first.use(session({ initial: (): Chat => ({ seen: 0 }), storage: grammyStorage(store) }));
      first.use(session({ initial: (): Chat => ({ seen: 0 }), storage: grammyStorage<Chat>(store, { kind: 'basket' }) }));
      const second = new Telegraf<TelegrafContext & { session: Chat }>('1:token');
      second.use(telegrafSession({ defaultSession: (): Chat => ({ seen: 0 }), store: telegrafStore<Chat>(store) }));
      // @ts-expect-error the storage of other chats
      first.use(session({ initial: (): Chat => ({ seen: 0 }), storage: grammyStorage<{ other: string }>(store) }));
    }
  `);
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', target: 'es2022', types: ['node'], typeRoots: [join(process.env.NODE_PATH, '@types')] };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['bots.mts'] }));
  try {
    execFileSync(process.execPath, [join(process.env.NODE_PATH, 'typescript/bin/tsc'), '-p', dir]);
  } catch (error) {
    assert.fail(`${error.stdout}`);
  }
});
