'use strict';

// The bot library of service.test.cjs, in a process of its own: says what it does, does what it is told.

// The service stays up by itself, or not at all: the channel to the test is no reason to.
process.channel.unref();
process.setMaxListeners(0); // each bot has one

/** With the time by a clock that all processes share. */
const tell = (message) => process.send({ ...message, at: Number(process.hrtime.bigint() / 1000n) });

async function startBot(session, report) {
  const { session_id } = session;
  const obey = (order) => {
    if (order.session_id === session_id) report[order.event](...order.values);
  };
  process.on('message', obey);
  tell({ did: 'start', session });
  return {
    stop() {
      process.off('message', obey);
      tell({ did: 'stop', session_id });
    },
  };
}

module.exports = { startBot };
