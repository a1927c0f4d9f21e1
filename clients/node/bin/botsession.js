#!/usr/bin/env node
// Nothing is imported before the version is known: what an older Node cannot read would be a syntax error.

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`botsession: this is Node ${process.versions.node}, and 20.19 or later is needed\n`);
  process.exitCode = 1;
} else {
  import('../command/main.js').then(({ run }) => run(process));
}
