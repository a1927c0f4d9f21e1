'use strict';

const { basename } = require('node:path');
const { inspect } = require('node:util');

/** One line for each test, as test/check.sh counts them: "ok NAME", "not ok NAME: reason", "skip NAME: reason". */
module.exports = async function* report(events) {
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const file = basename(data.file ?? data.name, '.test.cjs');
      const name = [process.env.TEST_LABEL, file, ...names.slice(0, data.nesting), data.name].join(' ');
      const isFile = data.name.endsWith('.test.cjs');
      if (data.skip !== undefined) yield `skip ${name}: ${data.skip}\n`;
      else if (data.details.error?.failureType === 'subtestsFailed') continue; // they have said so themselves
      else if (type === 'test:fail') {
        const why = inspect(data.details.error.cause ?? data.details.error);
        yield `not ok ${name}: ${why.slice(0, 200).replace(/\s+/g, ' ')}\n${why}\n`;
      }
      else if (data.details.type !== 'suite' && !isFile) yield `ok ${name}\n`;
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    }
  }
};
