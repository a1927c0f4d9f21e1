'use strict';

// The code blocks of the documentation and the files that they are pieces of. CONTRIBUTING.md has the rules.
// node test/docs/blocks.cjs prints what is wrong with them; docs.test.cjs runs the files.

const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { extname, join, resolve } = require('node:path');

const root = resolve(__dirname, '../..');
const folder = 'docs/examples';
const notRun = `${folder}/not-run.txt`;
const text = (path) => readFileSync(join(root, path), 'utf8');
// ../t/documentation.pl compares the pages in Portuguese with these.
const markdown = (path) => readdirSync(join(root, path)).filter((name) => /^[^.]+\.md$/.test(name)).map((name) => join(path, name));
const pages = ['README.md', 'examples/node/README.md', ...markdown('docs')];

const commands = {
  '.sql': ['psql', '-X', '-q', '-P', 'footer=off', '-v', 'ON_ERROR_STOP=1', '-f'],
  '.sh': ['bash', '-euo', 'pipefail'],
  '.mjs': ['node'],
  '.cjs': ['node'],
  '.py': ['/usr/bin/python3'], // Debian's, which has its modules
};
// Compared with their files, which other files use.
const compared = ['ini', 'json', 'toml', 'yaml'];
const languages = { sql: '.sql', sh: '.sh', bash: '.sh', js: '.mjs', mjs: '.mjs', cjs: '.cjs', py: '.py', python: '.py' };

/** Lines without blanks at their ends and without what all of them are indented by. */
function tidy(value) {
  const lines = value.split('\n').map((line) => line.trimEnd());
  while (lines[0] === '') lines.shift();
  while (lines.at(-1) === '') lines.pop();
  const indent = Math.min(...lines.filter((line) => line !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent));
}

/** Whether a run of whole lines of `whole` is the block. In a block of output "..." stands for anything in a line. */
function contains(whole, block, output) {
  const wanted = tidy(block);
  const pattern = (line) => new RegExp(`^${line.split('...').map((part) => part.replace(/[^\w\s]/g, '\\$&')).join('.*')}$`);
  const equal = output ? wanted.map(pattern).map((one) => (line) => one.test(line)) : wanted.map((one) => (line) => one === line);
  const lines = whole.split('\n').map((line) => line.trimEnd());
  return lines.some((first, start) => {
    const cut = output ? 0 : Math.max(0, first.search(/\S/));
    return equal.every((matches, i) => start + i < lines.length && lines[start + i].slice(0, cut).trim() === '' &&
      matches(lines[start + i].slice(cut)));
  });
}

/** What the first comments of a file say: { needs: [...], runBy }. */
function header(path) {
  const said = {};
  for (const [, key, value] of text(path).matchAll(/^(?:--|#|\/\/|;) (needs|run by): (.*)$/gm)) said[key] = value;
  return { needs: said.needs?.split(', ') ?? [], runBy: said['run by'] ?? null };
}

/** All blocks: { place, language, text, file }. `file` is what a comment before the block names. */
function readBlocks(page) {
  const found = [];
  let block = null;
  let file = null;
  text(page).split('\n').forEach((line, i) => {
    const [, fence, language] = /^ *(```+)(.*)$/.exec(line) ?? [];
    const [, named] = /^ *<!-- (\S+\.\w+) -->$/.exec(line) ?? [];
    if (block && fence) block = null;
    else if (block) block.text += `${line}\n`;
    else if (fence) found.push(block = { place: `${page}:${i + 1}`, language, text: '', file });
    if (named) file = named;
    else if (line.trim() !== '') file = null;
  });
  return found;
}

/** { errors, files, outputs }: what is wrong; the files to run; the blocks of output of each file. */
function check() {
  const errors = [];
  const outputs = new Map();
  const reasons = new Map(text(notRun).trim().split('\n').map((line) => line.split('\t')));
  for (const [line, reason] of reasons) if (!reason) errors.push(`${notRun}: "${line}" has no tab and reason after it`);
  const unused = new Set(reasons.keys());
  const shown = new Set();
  for (const page of pages) {
    let last = null;
    for (const { place, language, text: content, file } of readBlocks(page)) {
      const [firstLine] = tidy(content);
      if (language === 'mermaid') continue;
      if (!file && reasons.has(firstLine)) {
        unused.delete(firstLine);
        continue;
      }
      const ways = `If it cannot run, add a line to ${notRun}: ${firstLine}<tab>REASON`;
      const from = file ?? (language === 'text' ? last : null);
      if (language === '') errors.push(`${place}: say what it is: \`\`\`sql, or \`\`\`text for output`);
      else if (!from && language === 'text') errors.push(`${place}: no example before it that could print this. ${ways}`);
      else if (!from) errors.push(`${place}: put <!-- ${folder}/NAME${languages[language] ?? '.' + language} --> on the line before it and the block into that file. ${ways}`);
      else if (!existsSync(join(root, from))) errors.push(`${place}: there is no file ${from}`);
      else if (language === 'text') outputs.set(from, [...(outputs.get(from) ?? []), { place, text: content }]);
      else if (languages[language] ? languages[language] !== extname(from) : !compared.includes(language)) errors.push(`${place}: ${from} is no file of language ${language}`);
      else if (!contains(text(from), content)) errors.push(`${place}: the block is not, line by line, a piece of ${from}`);
      if (from) shown.add(last = from);
    }
  }
  for (const line of unused) errors.push(`${notRun}: no block begins with "${line}"`);

  const here = readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)).filter((path) => extname(path) in commands);
  const all = [...new Set([...here, ...shown])].filter((path) => existsSync(join(root, path)));
  // What is shown of examples/ is run by the example that names it.
  const runBy = (path) => header(path).runBy ?? (path.startsWith('examples/') ? here.find((other) => text(other).includes(path)) : null) ?? null;
  const runners = new Map(all.map((path) => [path, runBy(path)]));
  for (const [path, runner] of runners) {
    if (runner === null ? !(extname(path) in commands) : !runners.has(runner) || !text(runner).includes(path)) {
      errors.push(`${path}: no example runs it. Say "run by: ${folder}/NAME" in it, of a file that uses ${path}`);
    }
    if (!shown.has(path) && ![...runners].some(([other]) => other !== path && text(other).includes(path))) {
      errors.push(`${path}: no page shows it`);
    }
  }
  for (const path of [...outputs.keys()]) {
    const runner = runners.get(path);
    if (runner) outputs.set(runner, [...(outputs.get(runner) ?? []), ...outputs.get(path)]);
  }
  return { errors, outputs, files: all.filter((path) => runners.get(path) === null).sort() };
}

module.exports = { check, commands, contains, header, root };

if (require.main === module) {
  const { errors, files } = check();
  console.log(errors.concat(`${files.length} files, ${errors.length} errors`).join('\n'));
  process.exitCode = errors.length > 0 ? 1 : 0;
}
