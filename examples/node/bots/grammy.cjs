'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { grammyStorage } = require('botsession');
const { Bot, session: chats } = require('grammy');

/**
 * Telegram over grammY. The bot's token is its login: TELEGRAM_TOKEN at the first start, and from then on the database's,
 * which also keeps what the bot remembers of each chat.
 * @type {import('botsession').StartBot}
 */
async function startBot({ session_id }, report, store) {
  const stored = (await store.load({ creds: ['token'] })).creds?.token;
  const token = stored ?? process.env.TELEGRAM_TOKEN;
  if (!token) throw new Error('there is no token: set TELEGRAM_TOKEN');
  if (!stored) await store.save({ creds: { token } });
  const stopping = new AbortController();
  const { signal } = stopping;
  let bot;

  function createBot() {
    bot = new Bot(token, { client: { apiRoot: process.env.TELEGRAM_API } }); // of a Bot API server of your own
    bot.catch(({ error }) => console.error(`${session_id}: ${error.message}`));
    bot.use(chats({ initial: () => ({ seen: 0 }), storage: grammyStorage(store) }));
    bot.on('message', async (context) => {
      context.session.seen++;
      report.message(context.message.text ?? '(no text)');
      await context.reply(`Message ${context.session.seen} of this chat`);
    });
  }

  async function run() {
    while (!signal.aborted) {
      createBot();
      try {
        await bot.init(signal);
        if (!signal.aborted) await bot.start({ onStart: () => report.ready() });
      } catch (error) {
        if (signal.aborted) return;
        if (error.error_code === 401) return report.ended('the token was revoked', { forget: true });
        console.error(`${session_id}: ${error.message}`); // 409: another program uses the token
        report.connected(false);
        await sleep(10_000, null, { signal }).catch(() => {});
      }
    }
  }

  report.connected(false);
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await bot.stop().catch(() => {}); // without a network Telegram sends the last message again
      await running; // the message that is being answered
    },
  };
}

module.exports = { startBot };
