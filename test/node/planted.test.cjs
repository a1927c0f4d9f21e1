'use strict';

// What test/node/unhandled.sh has to find: a rejection at the time that $PLANTED names.

const { before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');

const plant = (when) => {
  if (process.env.PLANTED === when) void Promise.reject(new Error(`planted ${when}`));
};

plant('while the file is read');
before(async () => plant('before the first test'));
test('one', async () => {
  plant('in a test that ends');
  setTimeout(() => plant('after its test'), 50);
});
test('two', async () => {
  await sleep(100);
  plant('in a test that goes on');
  await sleep(10);
});
setTimeout(() => plant('after the last test'), 500);
