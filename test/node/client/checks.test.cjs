'use strict';

// What is refused before it is sent.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { BotSessionsError, createRepository } = require('../../../clients/node/src/index.js');

let sent = 0;
const repositories = {
  'url and key': createRepository({ url: 'http://127.0.0.1:9', key: 'k' }),
  'supabase-js': createRepository({ supabase: { schema: () => ({ rpc: () => sent++, from: () => sent++ }) } }),
  'node-postgres': createRepository({ pool: { connect: async () => sent++, on() {} } }),
};
globalThis.fetch = async () => sent++;

const nul = 'secret \0';
const half = 'secret \ud83d';
const otherHalf = '\ude00 secret';

const ids = [['a number', 42], ['nothing', undefined], ['null', null], ['an object', { a: 1 }], ['a boolean', true]];
const byId = {
  create: (repository, session_id) => repository.create({ session_id }),
  read: (repository, session_id) => repository.read(session_id),
  update: (repository, session_id) => repository.update(session_id),
  updateMany: (repository, session_id) => repository.updateMany([{ session_id }]),
  end: (repository, session_id) => repository.end(session_id),
  delete: (repository, session_id) => repository.delete(session_id),
};
const byText = {
  ...byId,
  renew: (repository, text) => repository.renew({ [text]: 1 }),
  release: (repository, text) => repository.release({ [text]: 1 }),
  history: (repository, text) => repository.history(text),
  claim: (repository, text) => repository.claim(text),
  'create with a worker': (repository, worker) => repository.create({ session_id: 'a', worker }),
  'update of the message': (repository, last_message) => repository.update('a', { last_message }),
  'update of the QR code': (repository, qr_data) => repository.update('a', { qr_data }),
  'updateMany of the message': (repository, last_message) => repository.updateMany([{ session_id: 'a', last_message }]),
  'updateMany of the QR code': (repository, qr_data) => repository.updateMany([{ session_id: 'a', qr_data }]),
  'end for a reason': (repository, reason) => repository.end('a', { reason }),
  'expire for a reason': (repository, reason) => repository.expire(1000, { reason }),
};
const fences = [['a string', '42'], ['a fraction', 1.5], ['NaN', NaN], ['too large', 2 ** 53], ['an object', {}], ['a bigint', 42n]];
const byFence = {
  update: (repository, fence) => repository.update('a', { fence }),
  updateMany: (repository, fence) => repository.updateMany([{ session_id: 'a', fence }]),
  end: (repository, fence) => repository.end('a', { fence }),
  renew: (repository, fence) => repository.renew({ a: fence }),
  release: (repository, fence) => repository.release({ a: fence }),
};
const wrong = {
  'a message that is undefined': (repository) => repository.update('a', { last_message: undefined }),
  'a QR code that is undefined': (repository) => repository.updateMany([{ session_id: 'a', qr_data: undefined }]),
  'a message that is a number': (repository) => repository.update('a', { last_message: 42 }),
  'a column in another spelling': (repository) => repository.update('a', { lastMessage: 'm' }),
  'an option in another spelling': (repository) => repository.claim('w1', { max_sessions: 1 }),
  'a ttl with a unit': (repository) => repository.create({ session_id: 'a', worker: 'w1', ttl: '60 seconds' }),
  'a ttl that never ends': (repository) => repository.renew({}, { ttl: Infinity }),
  'a reason in place of the options': (repository) => repository.end('a', 'over'),
  'a session_id in place of the session': (repository) => repository.create('a'),
  'one session in place of many': (repository) => repository.updateMany({ session_id: 'a' }),
  'one save in place of many': (repository) => repository.saveMany({ session_id: 'a', data: {} }),
  'an overview of another status': (repository) => repository.overview({ status: 'inactive' }),
  'an overview of no status': (repository) => repository.overview({ status: null }),
  'a list of no status': (repository) => repository.list({ status: null }),
  'a list of fences': (repository) => repository.release([1]),
  'a forget that is no boolean': (repository) => repository.end('a', { forget: 'no' }),
  'half a session to claim': (repository) => repository.claim('w1', { maxSessions: 0.5 }),
};

for (const [way, repository] of Object.entries(repositories)) {
  const refuses = (what, call, expected) =>
    test(`${way} refuses ${what}`, async () => {
      await assert.rejects(async () => call(repository), (error) => {
        assert.ok(!error.stack.includes('secret'), error.stack);
        return expected(error);
      });
      assert.equal(sent, 0, 'nothing is sent');
    });
  const isTypeError = (error) => error instanceof TypeError;
  const isUnstorable = (error) => error instanceof BotSessionsError && error.code === '22P05' && !error.transient;

  for (const [what, value] of ids) {
    for (const [name, call] of Object.entries(byId)) {
      refuses(`${what} as session_id in ${name}`, (repository) => call(repository, value), isTypeError);
    }
  }
  for (const [what, value] of [['a NUL', nul], ['half an emoji', half], ['its other half', otherHalf]]) {
    for (const [name, call] of Object.entries(byText)) {
      refuses(`${what} in ${name}`, (repository) => call(repository, value), isUnstorable);
    }
  }
  for (const [what, value] of fences) {
    for (const [name, call] of Object.entries(byFence)) {
      refuses(`a fence that is ${what} in ${name}`, (repository) => call(repository, value), isTypeError);
    }
  }
  for (const [what, call] of Object.entries(wrong)) refuses(what, call, isTypeError);
}
