'use strict';

// A promise whose rejection nobody handles would end a service with all its bots. Whoever requires this file has
// one test more, the last one, which fails where there was one.

const assert = require('node:assert/strict');
const { setImmediate: turn } = require('node:timers/promises');
const { test } = require('node:test');

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/** To be called at the end of the file. */
module.exports = () =>
  test('no rejection was left unhandled', async () => {
    for (let i = 0; i < 10; i++) await turn();
    assert.deepEqual(unhandled, []);
  });
