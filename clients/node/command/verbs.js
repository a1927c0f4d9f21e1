// What each command is called with. Its module is loaded when it runs.

export const verbs = {
  list: {
    summary: 'which sessions there are, and how they are',
    options: {
      state: { type: 'string', value: 'STATE,…', help: 'only orphaned, awaiting_qr, stale, running or ended ones' },
      worker: { type: 'string', value: 'NAME', help: 'only those that this worker runs' },
      sort: { type: 'string', value: 'COLUMN', help: 'state (the default), id, worker, idle or created' },
    },
    load: () => import('./list.js'),
  },
  show: {
    summary: 'one session: its row, lease, data and last events',
    usage: 'ID',
    positionals: [1, 1],
    load: () => import('./show.js'),
  },
  qr: {
    summary: 'its QR code, to be scanned',
    usage: 'ID',
    positionals: [1, 1],
    options: {
      watch: { type: 'boolean', help: 'follow the code until it is taken away' },
      png: { type: 'string', value: 'FILE', help: 'write a picture; - is standard output' },
      'qr-life': {
        type: 'string',
        value: 'SECONDS',
        help: 'how long a code is good: 60, and 20 for one that replaced another',
      },
    },
    help: `Draws the QR code of a session. It is a login: whoever sees it can take the account over.

With --watch the drawing follows the code. It ends with 0 when the code is taken away and none
follows within 5 seconds: it was scanned, or the bot gave up; and with 3 when the session ended.`,
    load: () => import('./qr.js'),
  },
  history: {
    summary: 'what happened, the newest last',
    usage: '[ID]',
    positionals: [0, 1],
    options: { limit: { type: 'string', value: 'N', help: 'how many of the newest events: 50' } },
    load: () => import('./history.js'),
  },
  end: {
    summary: 'end a session',
    usage: 'ID',
    positionals: [1, 1],
    options: {
      reason: { type: 'string', value: 'TEXT', help: 'kept in the history' },
      forget: { type: 'boolean', help: 'also delete what its bot logs in with: it was logged out for good' },
    },
    help: `Makes a session inactive, removes its QR code and releases its lease. A bot that still runs
notices at its next write or heartbeat, and stops.`,
    load: () => import('./end.js'),
  },
  reseal: {
    summary: 'seal anew what was sealed with an older key, or not',
    usage: '[ID]',
    positionals: [0, 1],
    options: {
      plain: { type: 'boolean', help: 'also seal what is stored as plain text' },
      from: { type: 'string', value: 'NAME', help: 'what the session was called when it was sealed' },
    },
    help: `Seals what bots log in with by the first key of BOT_SEAL_KEY: the newest key, a comma, and the older ones
that open what is there. Without an ID that of all sessions. What a worker runs is left as it is, and
nothing is lost that a bot saves meanwhile. It may be interrupted, and run again.`,
    load: () => import('./reseal.js'),
  },
  doctor: {
    summary: 'whether all is well, and what to do where it is not',
    options: {},
    connects: false, // by itself
    help: `Looks at the connection, the key, the migration, rights, policies and triggers; with DATABASE_URL also at
HOT updates and long transactions. What it cannot look at it says. Exit code 1: something has to be done.
Where both DATABASE_URL and SUPABASE_URL are set it looks at both ways.`,
    load: () => import('./doctor.js'),
  },
  migrate: {
    summary: 'print the migration, or run it',
    options: { apply: { type: 'boolean', help: 'run it; needs DATABASE_URL' } },
    connects: false, // by itself
    seconds: 3600,
    help: `Prints the migration, to be pasted into the SQL editor: botsession migrate > migration.sql
--apply runs it. The script is atomic and idempotent.
BOTSESSION_SCHEMA puts everything into that schema, which has to be there.`,
    load: () => import('./migrate.js'),
  },
  console: {
    summary: 'a page that shows all of it, on this computer',
    json: false,
    options: {
      port: { type: 'string', value: 'N', help: 'of 127.0.0.1: 7378; 0: any that is free' },
      'read-only': { type: 'boolean', help: 'the page cannot end sessions; it still shows QR codes' },
      'qr-life': {
        type: 'string',
        value: 'SECONDS',
        help: 'how long a code is good: 60, and 20 for one that replaced another',
      },
    },
    help: `Serves a page on 127.0.0.1 and prints its address. The address holds a token: whoever has it
sees the QR codes, and a QR code is a login. From elsewhere: ssh -L 7378:127.0.0.1:7378 HOST`,
    load: () => import('./console.js'),
  },
};
