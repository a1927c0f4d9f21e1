// What a fence is for. A contact writes to a bot that two workers run, one after the other, with Baileys' own encryption
// and the login in the database. Worker A falls asleep in the middle of a message, and worker B takes over. Then A wakes
// and writes what it had in hand.

import * as baileys from '@whiskeysockets/baileys';
import { baileysAuthState, createRepository } from 'botsession';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const repository = createRepository({ url: process.env.SUPABASE_URL, key: process.env.SUPABASE_SERVICE_ROLE_KEY });
const jids = { bot: '1000@s.whatsapp.net', contact: '2000@s.whatsapp.net' };
const print = (text) => process.stdout.write(`${text}\n`);
const quiet = () => {};
const logger = { level: 'silent', child: () => logger, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
for (const level of ['error', 'info', 'log', 'warn']) console[level] = quiet; // libsignal prints keys

/** One side of the conversation. */
function createParty({ creds, keys }) {
  const options = { maxCommitRetries: 1, delayBetweenTriesMs: 1 };
  const signal = baileys.DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
    { creds, keys: baileys.addTransactionCapability(keys, logger, options) },
    logger,
  );
  return { creds, keys, signal };
}

/** The contact keeps its keys in memory. */
function createContact() {
  const stored = new Map();
  return createParty({
    creds: baileys.initAuthCreds(),
    keys: {
      async get(kind, ids) {
        const found = ids.filter((id) => stored.has(`${kind} ${id}`));
        return Object.fromEntries(found.map((id) => [id, JSON.parse(stored.get(`${kind} ${id}`), baileys.BufferJSON.reviver)]));
      },
      async set(data) {
        for (const [kind, values] of Object.entries(data)) {
          for (const [id, value] of Object.entries(values)) stored.set(`${kind} ${id}`, JSON.stringify(value, baileys.BufferJSON.replacer));
        }
      },
    },
  });
}

/** A worker with the bot, as it loads it from the database. */
async function createWorker(store) {
  const { state, saveCreds } = await baileysAuthState(store, baileys);
  return { ...createParty(state), saveCreds };
}

/** The contact learns the bot's public keys, as from WhatsApp's servers. */
async function introduce(contact, { creds, keys }) {
  const preKey = baileys.Curve.generateKeyPair();
  await keys.set({ 'pre-key': { 1: preKey } });
  const publicKey = (pair) => baileys.generateSignalPubKey(pair.public);
  const { keyId, keyPair, signature } = creds.signedPreKey;
  const session = {
    registrationId: creds.registrationId,
    identityKey: publicKey(creds.signedIdentityKey),
    signedPreKey: { keyId, publicKey: publicKey(keyPair), signature },
    preKey: { keyId: 1, publicKey: publicKey(preKey) },
  };
  await contact.signal.injectE2ESession({ jid: jids.bot, session });
}

const send = (from, jid, text) => from.signal.encryptMessage({ jid, data: Buffer.from(text) });
const receive = async (to, jid, message) => `${Buffer.from(await to.signal.decryptMessage({ jid, ...message }))}`;

/** So many messages, every other one an answer. */
async function exchange(contact, bot, count) {
  for (let i = 1; i <= count; i++) {
    const [from, to, name] = i % 2 ? [contact, bot, 'contact'] : [bot, contact, 'bot'];
    const text = `message ${i}`;
    const message = await send(from, jids[name === 'bot' ? 'contact' : 'bot'], text);
    if ((await receive(to, jids[name], message)) !== text) throw new Error(`${text} is another one`);
  }
}

/** How many of so many messages of the contact the bot can read. */
async function readable(contact, bot, count) {
  let read = 0;
  for (let i = 1; i <= count; i++) {
    const text = `late message ${i}`;
    const message = await send(contact, jids.bot, text);
    if ((await receive(bot, jids.contact, message).catch(() => null)) === text) read++;
  }
  return read;
}

/** Worker B starts the session as soon as the lease of worker A has run out. Result: its fence. */
async function takeOver(session_id, fence) {
  await repository.renew({ [session_id]: fence }, { ttl: 3000 }); // the last time
  for (;;) {
    try {
      return (await repository.create({ session_id, worker: 'B' })).fence;
    } catch (error) {
      if (!error.conflict) throw error;
    }
    await sleep(200);
  }
}

/** @param {boolean} fenced whether the workers have leases, and save under their fences */
async function play(fenced) {
  const session_id = `demo-${randomUUID()}`;
  try {
    const { fence } = await repository.create({ session_id, worker: fenced ? 'A' : null, ttl: 600_000 });
    let asleep = false;
    let wake;
    const awake = new Promise((resolve) => (wake = resolve));
    const late = { arrived: null, refused: null };
    const lateArrived = new Promise((resolve) => (late.arrived = resolve));
    const storeOfA = repository.store(session_id, { fence });
    const sleepy = {
      ...storeOfA,
      async save(data) {
        if (!asleep) return storeOfA.save(data);
        await awake;
        return storeOfA.save(data).catch((error) => {
          late.refused = error.code;
          throw error;
        }).finally(late.arrived);
      },
    };
    const contact = createContact();
    const a = await createWorker(sleepy);
    await a.saveCreds();
    await introduce(contact, a);
    await exchange(contact, a, 100);
    print('  100 messages with worker A');

    asleep = true;
    void receive(a, jids.contact, await send(contact, jids.bot, 'while A falls asleep')).catch(quiet);
    const fenceOfB = fenced ? await takeOver(session_id, fence) : null;
    const startB = () => createWorker(repository.store(session_id, { fence: fenceOfB }));
    await exchange(contact, await startB(), 20);
    print('  A falls asleep over the next one; 20 messages with worker B');

    wake();
    await lateArrived;
    print(`  A wakes and writes what it had in hand: ${late.refused ? `refused, ${late.refused}` : 'written'}`);
    const read = await readable(contact, await startB(), 80);
    print(`  B is restarted, and reads ${read} of 80 messages`);
    return { read, refused: late.refused };
  } finally {
    await repository.delete(session_id);
  }
}

print('With the fence');
const fenced = await play(true);
print('Without it');
const unfenced = await play(false);
const asPromised = fenced.read === 80 && fenced.refused === 'PT409' && unfenced.read === 0 && !unfenced.refused;
if (!asPromised) print('That is not what was to be shown.');
process.exit(asPromised ? 0 : 1);
