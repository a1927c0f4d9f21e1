'use strict';

// A copy of examples/node with another bot, as its README says: one line is changed.

const assert = require('node:assert/strict');
const { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '../../..');

/**
 * @param {string} folder that there is not yet
 * @param {string} bot what botManager.cjs is to require
 */
function copyExample(folder, bot) {
  cpSync(join(root, 'examples/node'), folder, { recursive: true });
  const service = join(folder, 'backend/services/botManager.cjs');
  const lines = readFileSync(service, 'utf8').split(`require('../../bot.cjs')`);
  assert.equal(lines.length, 2);
  writeFileSync(service, lines.join(`require(${JSON.stringify(bot)})`));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'clients/node'), join(folder, 'node_modules/botsession'));
  for (const name of readdirSync(process.env.NODE_PATH).filter((name) => !/^\.|^botsession$/.test(name))) {
    symlinkSync(join(process.env.NODE_PATH, name), join(folder, 'node_modules', name));
  }
  return join(folder, 'index.cjs');
}

module.exports = { copyExample };
