'use strict';

// Required into every test file by run_tests. A rejection that nobody handles would end a service with all its bots: it
// fails the file whenever it comes, and says what it was.

if (process.argv[1]?.endsWith('.test.cjs')) {
  process.on('unhandledRejection', (reason) => {
    process.exitCode = 1;
    console.error('a rejection was left unhandled:', reason);
  });
}
