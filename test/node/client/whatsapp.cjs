'use strict';

// Stands in for WhatsApp's servers, a phone and a contact, as far as a bot on Baileys 7 has to do with them: the handshake,
// the pairing, the login by the key that was paired, pre-keys, and messages encrypted for the bot. Baileys is told its
// address and its root certificate, and nothing else.

const { createHmac, hkdfSync, randomUUID } = require('node:crypto');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { WebSocketServer } = require('ws');

const server = 's.whatsapp.net';
const jids = { bot: `1000:5@${server}`, contact: `2000@${server}` };
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** The other side of Baileys' makeNoiseHandler: Noise_XX_25519_AESGCM_SHA256. */
function createNoise({ Curve, aesDecryptGCM, aesEncryptGCM, sha256, NOISE_MODE }) {
  let hash = Buffer.from(NOISE_MODE);
  let salt = hash;
  let key = hash;
  let counter = 0;
  const iv = (n) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32BE(n, 8);
    return bytes;
  };
  const derive = (shared) => {
    const derived = Buffer.from(hkdfSync('sha256', shared, salt, '', 64));
    return [derived.subarray(0, 32), derived.subarray(32)];
  };
  const authenticate = (bytes) => (hash = sha256(Buffer.concat([hash, bytes])));
  return {
    authenticate,
    mix(own, other) {
      [salt, key] = derive(Curve.sharedKey(own, other));
      counter = 0;
    },
    encrypt(bytes) {
      const sealed = aesEncryptGCM(bytes, key, iv(counter++), hash);
      authenticate(sealed);
      return sealed;
    },
    decrypt(bytes) {
      const opened = aesDecryptGCM(bytes, key, iv(counter++), hash);
      authenticate(bytes);
      return opened;
    },
    transport() {
      const [read, write] = derive(Buffer.alloc(0));
      const counts = { read: 0, write: 0 };
      const nothing = Buffer.alloc(0);
      return {
        encrypt: (bytes) => aesEncryptGCM(bytes, write, iv(counts.write++), nothing),
        decrypt: (bytes) => aesDecryptGCM(bytes, read, iv(counts.read++), nothing),
      };
    },
  };
}

const frame = (bytes) => {
  const length = Buffer.alloc(3);
  length.writeUIntBE(bytes.length, 0, 3);
  return Buffer.concat([length, bytes]);
};

/** @param {any} baileys the module */
async function startWhatsApp(baileys, { port = 0, root = baileys.Curve.generateKeyPair() } = {}) {
  const { Curve, getBinaryNodeChild, getBinaryNodeChildren, proto } = baileys;
  const identity = Curve.generateKeyPair();
  const account = Curve.generateKeyPair();
  const contact = createContact(baileys);
  const state = { url: null, rootPair: root, root: base64(root.public), codes: [], logins: [], paired: null, connections: new Set() };

  const certificates = () => {
    const { NoiseCertificate } = proto.CertChain;
    const details = (key) => NoiseCertificate.Details.encode({ serial: 1, issuerSerial: 0, key }).finish();
    const [leaf, intermediate] = [details(identity.public), details(root.public)];
    const sign = (bytes) => ({ details: bytes, signature: Curve.sign(root.private, bytes) });
    return proto.CertChain.encode({ leaf: sign(leaf), intermediate: sign(intermediate) }).finish();
  };

  /** Its half of the handshake. Result: the client's key, what it sent, and the way to go on. */
  async function shakeHands(connection) {
    const noise = createNoise(baileys);
    const hello = await connection.next();
    const { clientHello } = proto.HandshakeMessage.decode(hello);
    noise.authenticate(baileys.NOISE_WA_HEADER);
    noise.authenticate(clientHello.ephemeral);
    const ephemeral = Curve.generateKeyPair();
    noise.authenticate(ephemeral.public);
    noise.mix(ephemeral.private, clientHello.ephemeral);
    const sealed = noise.encrypt(identity.public);
    noise.mix(identity.private, clientHello.ephemeral);
    const serverHello = { ephemeral: ephemeral.public, static: sealed, payload: noise.encrypt(certificates()) };
    connection.send(proto.HandshakeMessage.encode({ serverHello }).finish());
    const { clientFinish } = proto.HandshakeMessage.decode(await connection.next());
    const key = noise.decrypt(clientFinish.static);
    noise.mix(ephemeral.private, key);
    const payload = proto.ClientPayload.decode(noise.decrypt(clientFinish.payload));
    return { key: base64(key), payload, transport: noise.transport() };
  }

  async function serve(connection) {
    const { key, payload, transport } = await shakeHands(connection);
    const send = (node) => connection.send(transport.encrypt(baileys.encodeBinaryNode(node)));
    const end = (...nodes) => {
      for (const node of nodes) send(node);
      connection.close();
    };
    Object.assign(connection, { sendNode: send, end });
    await sleep(200); // Baileys is not ready for an answer that comes at once
    if (payload.devicePairingData) {
      const ref = randomUUID();
      Object.assign(connection, { ref, identity: payload.devicePairingData.eIdent });
      const refs = [ref, randomUUID()].map((text) => ({ tag: 'ref', attrs: {}, content: Buffer.from(text) }));
      send({ tag: 'iq', attrs: { from: server, type: 'set', id: '1' }, content: [{ tag: 'pair-device', attrs: {}, content: refs }] });
      state.codes.push(ref);
    } else if (key === state.paired) {
      state.logins.push(String(payload.username));
      send({ tag: 'success', attrs: { t: String(Math.floor(Date.now() / 1000)) } });
    } else {
      return end({ tag: 'failure', attrs: { reason: '401' } });
    }
    for (;;) {
      const node = await baileys.decodeBinaryNode(transport.decrypt(await connection.next()));
      if (getBinaryNodeChild(node, 'pair-device-sign')) {
        state.paired = key;
        return end({ tag: 'stream:error', attrs: { code: '515' } });
      }
      if (node.tag === 'iq' && node.attrs.type !== 'result') send({ tag: 'iq', attrs: { from: server, type: 'result', id: node.attrs.id }, content: answer(node) });
      if (getBinaryNodeChild(node, 'active')) {
        send({ tag: 'ib', attrs: { from: server }, content: [{ tag: 'offline', attrs: { count: '0' } }] });
        connection.open = true;
      }
    }
  }

  /** What the bot asks for. Its keys go to the contact. */
  function answer(node) {
    if (getBinaryNodeChild(node, 'count')) return [{ tag: 'count', attrs: { value: contact.knows ? '800' : '0' } }];
    if (getBinaryNodeChild(node, 'digest')) return [{ tag: 'digest', attrs: {} }];
    if (getBinaryNodeChild(node, 'registration')) {
      const bytes = (parent, name) => getBinaryNodeChild(parent, name).content;
      const number = (parent) => Buffer.from(bytes(parent, 'id')).readUIntBE(0, 3);
      const [first] = getBinaryNodeChildren(getBinaryNodeChild(node, 'list'), 'key');
      const signed = getBinaryNodeChild(node, 'skey');
      contact.meet({
        registrationId: Buffer.from(bytes(node, 'registration')).readUInt32BE(),
        identityKey: baileys.generateSignalPubKey(bytes(node, 'identity')),
        signedPreKey: { keyId: number(signed), publicKey: baileys.generateSignalPubKey(bytes(signed, 'value')), signature: bytes(signed, 'signature') },
        preKey: { keyId: number(first), publicKey: baileys.generateSignalPubKey(bytes(first, 'value')) },
      });
    }
    return undefined;
  }

  const sockets = new WebSocketServer({ port, host: '127.0.0.1' });
  await once(sockets, 'listening');
  sockets.on('connection', (socket) => {
    const frames = [];
    let wake = () => {};
    let bytes = Buffer.alloc(0);
    let introduced = false;
    socket.on('message', (data) => {
      bytes = Buffer.concat([bytes, data]);
      if (!introduced) bytes = bytes.subarray(baileys.NOISE_WA_HEADER.length);
      introduced = true;
      while (bytes.length >= 3 && bytes.length >= 3 + bytes.readUIntBE(0, 3)) {
        const length = 3 + bytes.readUIntBE(0, 3);
        frames.push(bytes.subarray(3, length));
        bytes = bytes.subarray(length);
      }
      wake();
    });
    const connection = {
      async next() {
        while (frames.length === 0) await new Promise((resolve) => (wake = resolve));
        return frames.shift();
      },
      send: (message) => socket.send(frame(message)),
      close: () => socket.close(),
      cut: () => socket.terminate(),
    };
    state.connections.add(connection);
    socket.on('close', () => state.connections.delete(connection));
    serve(connection).catch((error) => (state.error = error));
  });

  state.url = `ws://127.0.0.1:${sockets.address().port}/ws/chat`;
  return Object.assign(state, {
    jids,
    /** The phone scans a code: what the bot reported as one. */
    scan(code) {
      const [ref, , , secret] = code.split('#').at(-1).split(',');
      const connection = [...state.connections].find((one) => one.ref === ref);
      const details = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp: 1, keyIndex: 1 }).finish();
      const signed = Buffer.concat([Buffer.from([6, 0]), details, connection.identity]);
      const device = proto.ADVSignedDeviceIdentity.encode({
        details, accountSignatureKey: account.public, accountSignature: Curve.sign(account.private, signed),
      }).finish();
      const hmac = createHmac('sha256', Buffer.from(secret, 'base64')).update(device).digest();
      connection.sendNode({
        tag: 'iq', attrs: { from: server, type: 'set', id: '2' },
        content: [{
          tag: 'pair-success', attrs: {},
          content: [
            { tag: 'device-identity', attrs: {}, content: proto.ADVSignedDeviceIdentityHMAC.encode({ details: device, hmac }).finish() },
            { tag: 'device', attrs: { jid: jids.bot, lid: '9000:5@lid' } },
            { tag: 'platform', attrs: { name: 'android' } },
          ],
        }],
      });
    },
    /** The contact writes to the bot. */
    async say(text) {
      const { type, ciphertext } = await contact.encrypt(jids.bot, text);
      const [connection] = [...state.connections].filter((one) => one.open);
      connection.sendNode({
        tag: 'message',
        attrs: { from: jids.contact, id: randomUUID(), t: String(Math.floor(Date.now() / 1000)), type: 'text' },
        content: [{ tag: 'enc', attrs: { v: '2', type }, content: ciphertext }],
      });
    },
    /** The connections are cut, as by a network that fails. */
    cut: () => [...state.connections].forEach((one) => one.cut()),
    /** The phone's owner removes the bot from the linked devices. */
    logOut() {
      state.paired = null;
      for (const { end } of state.connections) end({ tag: 'failure', attrs: { reason: '401' } });
    },
    isOpen: () => [...state.connections].some((one) => one.open),
    stop() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  });
}

/** It keeps its keys in memory. */
function createContact(baileys) {
  const stored = new Map();
  const quiet = { level: 'silent', child: () => quiet, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const keys = {
    get: async (kind, ids) => Object.fromEntries(ids.filter((id) => stored.has(`${kind} ${id}`)).map((id) => [id, stored.get(`${kind} ${id}`)])),
    async set(data) {
      for (const [kind, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries(values)) stored.set(`${kind} ${id}`, value);
      }
    },
  };
  const options = { maxCommitRetries: 1, delayBetweenTriesMs: 1 };
  const auth = { creds: baileys.initAuthCreds(), keys: baileys.addTransactionCapability(keys, quiet, options) };
  const signal = baileys.DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, quiet);
  let session = null;
  return {
    get knows() {
      return session !== null;
    },
    meet: (keysOfBot) => (session ??= keysOfBot),
    async encrypt(jid, text) {
      if (session && !session.met) await signal.injectE2ESession({ jid, session });
      session.met = true;
      const message = baileys.proto.Message.encode({ conversation: text }).finish();
      return signal.encryptMessage({ jid, data: Buffer.concat([message, Buffer.from([1])]) }); // padded by one byte
    },
  };
}

module.exports = { startWhatsApp };
