/**
 * The documentation is executed: in each ```console block the output under a line `$ command` is what the
 * command prints, on both streams. A line `…` stands for any number of lines. Commands run in a directory of
 * their own, in which `fixtures` is the repository's. `UPDATE=1` rewrites the blocks.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { builtin } from '../src/builtin.ts';
import { formatFlags } from '../src/cli/flags.ts';
import { description, longForm } from '../src/cli/help.ts';
import { folders } from './cases.ts';
import { cli, needs, root } from './support.ts';

interface Step {
  command: string;
  /** Lines of output. */
  output: string[];
  /** 1-based line of the command. */
  line: number;
}

const UPDATE = process.env['UPDATE'] === '1';

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-readme-'));
after(() => rmSync(directory, { recursive: true }));

const bin = join(directory, 'bin');
mkdirSync(bin);
writeFileSync(join(bin, 'prof2dot'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, {
  mode: 0o755,
});

function steps(lines: string[]): Step[] {
  const found: Step[] = [];
  let inBlock = false;
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('```')) inBlock = line === '```console';
    else if (inBlock && line.startsWith('$ '))
      found.push({ command: line.slice(2), output: [], line: i + 1 });
    else if (inBlock) found.at(-1)!.output.push(line);
  }
  return found;
}

/** The programs that a line of shell starts. */
function programs(command: string): string[] {
  const words = command.split(/\s*(?:\||&&|;)\s*/).map((part) => part.trim().split(/\s+/)[0]!);
  return words.filter((word) => word !== 'prof2dot');
}

/** The printed lines, with those that a line `…` stands for made `…` too. */
function abridged(printed: string[], expected: string[]): string[] {
  const at = expected.indexOf('…');
  if (at < 0) return printed;
  const rest = expected.slice(at + 1);
  const after =
    rest.length === 0 || rest.includes('…')
      ? printed.indexOf(rest[0] ?? '', at)
      : printed.length - rest.length;
  const from = rest.length === 0 ? printed.length : after;
  if (from < at) return printed;
  return [...printed.slice(0, at), '…', ...abridged(printed.slice(from), rest)];
}

/** The README of a folder, and what else it has to say. */
function pages(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...folders().flatMap((folder) => pages(`fixtures/${folder}`)),
];

for (const document of documents.filter((path) => existsSync(join(root, path)))) {
  const lines = readFileSync(join(root, document), 'utf8').split('\n');
  const list = steps(lines);
  if (list.length === 0) continue;
  describe(document, () => {
    const cwd = mkdtempSync(join(directory, 'run-'));
    symlinkSync(join(root, 'fixtures'), join(cwd, 'fixtures'));
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` };
    let longer = 0;
    for (const { command, output, line } of list) {
      test(`line ${line}: ${command}`, { skip: needs(...programs(command)) }, () => {
        const { stdout } = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], { cwd, env, encoding: 'utf8' });
        const printed = abridged(stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n'), output);
        if (!UPDATE) return assert.deepEqual(printed, output);
        lines.splice(line + longer, output.length, ...printed);
        longer += printed.length - output.length;
      });
    }
    if (UPDATE) after(() => writeFileSync(join(root, document), lines.join('\n')));
  });
}

/** What is between `<!-- name -->` and `<!-- /name -->` in a document is this table. */
function checkTable(document: string, name: string, table: string[]): void {
  const path = join(root, document);
  const text = readFileSync(path, 'utf8');
  const [before, rest] = text.split(`<!-- ${name} -->\n`);
  const after = rest?.split(`<!-- /${name} -->`)[1];
  assert.ok(after !== undefined, `${document} has no <!-- ${name} --> and <!-- /${name} -->`);
  const expected = `${before}<!-- ${name} -->\n${table.join('\n')}\n<!-- /${name} -->${after}`;
  if (UPDATE) writeFileSync(path, expected);
  else assert.equal(text, expected);
}

test('the table of formats is up to date', () => {
  const rows = [...builtin.list()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, title, parser, emitter }) => {
      const mark = (ability: unknown) => (ability ? 'yes' : '');
      return `| [${name}](fixtures/${name}/README.md) | ${mark(parser)} | ${mark(emitter)} | ${title} |`;
    });
  const head = ['| format | read | write | what it is |', '|---|---|---|---|'];
  checkTable('README.md', 'formats', [...head, ...rows]);
});

describe('the table of options is up to date', () => {
  for (const format of builtin.list()) {
    const own = formatFlags(format).filter(({ name }) => name.startsWith(`${format.name}.`));
    if (own.length === 0) continue;
    test(format.name, () => {
      const rows = own.map((flag) => `| \`${longForm(flag)}\` | ${description(flag)} |`);
      checkTable(`fixtures/${format.name}/README.md`, 'options', ['| option | |', '|---|---|', ...rows]);
    });
  }
});

test('a line of dots stands for any lines', () => {
  const printed = ['a', 'b', 'c', 'd', 'e'];
  for (const expected of [
    ['a', '…', 'e'],
    ['…'],
    ['a', '…'],
    ['…', 'e'],
    ['a', '…', 'c', '…', 'e'],
    [...printed, '…'],
  ]) {
    assert.deepEqual(abridged(printed, expected), expected);
  }
  assert.notDeepEqual(abridged(printed, ['a', '…', 'd']), ['a', '…', 'd']);
  assert.notDeepEqual(abridged(printed, ['b', '…', 'e']), ['b', '…', 'e']);
});
