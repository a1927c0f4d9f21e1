// What the package shares with the extension and its examples is copied into it before it is packed, and when its folder is
// installed. In a tarball that was unpacked there is nothing to copy: it holds the files.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs';

const folder = new URL('../', import.meta.url);
for (const [from, to] of [
  ['../../LICENSE', 'LICENSE'],
  ['../../sql/create_bot_sessions.sql', 'sql/create_bot_sessions.sql'],
  ...['baileys', 'grammy', 'whatsapp-web'].map((bot) => [`../../examples/node/bots/${bot}.cjs`, `bots/${bot}.cjs`]),
]) {
  const source = new URL(from, folder);
  if (!existsSync(source)) continue;
  mkdirSync(new URL('./', new URL(to, folder)), { recursive: true });
  copyFileSync(source, new URL(to, folder));
}
