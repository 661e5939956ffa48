/** Door 1 and door 2 as a program meets them, and the package as npm installs it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod/mini';
import {
  builtin,
  checkProfile,
  coarsen,
  convert,
  type Diagnostic,
  detect,
  ProfileError,
  read,
  VERSION,
  write,
} from '../src/index.ts';
import { CallTree, defineFormat, ProfileBuilder } from '../src/plugin.ts';
import { readProfile, root } from './support.ts';

const STACKS = new TextEncoder().encode('main;parse;read 42\nmain;parse 8\n');
const FOLDED = 'main;parse 8\nmain;parse;read 42\n';

describe('the library', () => {
  test('reads, looks, and writes', async () => {
    const profile = await read(STACKS);
    assert.deepEqual(checkProfile(profile), []);
    assert.equal(coarsen(profile).nodes.length, 3);
    assert.equal(new TextDecoder().decode(await write(profile, { to: 'folded' })), FOLDED);
  });
  test('converts pieces as well as a whole', async () => {
    async function* later() {
      for (const byte of STACKS) yield Uint8Array.of(byte);
    }
    assert.equal(await convert(STACKS, { to: 'folded' }), FOLDED);
    assert.equal(await convert([STACKS.subarray(0, 5), STACKS.subarray(5)], { to: 'folded' }), FOLDED);
    assert.equal(await convert(later(), { to: 'folded' }), FOLDED);
  });
  test('recognises', async () => {
    const [best] = await detect(STACKS);
    assert.equal(best!.format.name, 'folded');
    assert.ok(best!.score > 0.5);
    assert.deepEqual(await detect(new TextEncoder().encode('Dear reader,\n')), []);
  });
  test('tells warnings to those who listen', async () => {
    const warnings: Diagnostic[] = [];
    const onWarning = (warning: Diagnostic) => warnings.push(warning);
    await read(new TextEncoder().encode('a;b 1\nno count\n'), {
      format: 'folded',
      name: 'x.folded',
      onWarning,
    });
    assert.deepEqual(
      warnings.map(({ code, file, place }) => [code, file, place?.line]),
      [['folded/no-count', 'x.folded', 2]],
    );
  });
  test('fails with a ProfileError', async () => {
    const code = (work: Promise<unknown>) =>
      work.then(
        () => 'nothing',
        (error) => (error instanceof ProfileError ? error.diagnostic.code : error),
      );
    assert.equal(await code(read(new Uint8Array())), 'input/empty');
    assert.equal(await code(read(STACKS, { format: 'dot' })), 'usage/unknown-format');
    assert.equal(
      await code(convert(STACKS, { to: 'folded', transforms: { metric: 'bytes' } })),
      'usage/unknown-metric',
    );
    assert.equal(
      await code(convert(STACKS, { to: 'dot', transforms: { nodeThres: 'x' as never } })),
      'usage/bad-option',
    );
    assert.equal(
      await code(convert(STACKS, { to: 'folded', options: { folded: { parens: 'x' } } })),
      'usage/bad-option',
    );
  });
});

test('a plugin is a format like any other', async () => {
  const sizes = defineFormat({
    name: 'sizes',
    title: 'sizes of things',
    extensions: ['sizes'],
    spec: 'https://example.org',
    parser: {
      options: z.object({ unit: z._default(z.string(), 'bytes') }),
      probe: (head) => (head.text.startsWith('sizes') ? 1 : 0),
      parse(source, { unit }) {
        const builder = new ProfileBuilder([{ name: 'size', unit }]);
        const lines = source.lines();
        if (!lines.next()) source.fail('empty', 'nothing there');
        const values: number[] = [];
        const frames: number[] = [];
        while (lines.next()) {
          const [name, value] = lines.text().split(' ');
          frames.push(builder.frame(builder.function(name!)));
          values.push(Number(value));
        }
        const self = [Float64Array.from(values)];
        return builder.flat({ frame: Int32Array.from(frames), self, total: self });
      },
    },
  });
  const registry = builtin.with(sizes);
  const profile = await read(new TextEncoder().encode('sizes\nbox 3\nball 4\n'), { registry });
  assert.deepEqual(checkProfile(profile), []);
  assert.deepEqual(profile.metrics, [{ name: 'size', unit: 'bytes' }]);
  const options = {
    registry,
    options: { sizes: { unit: 'count' } },
    to: 'dot',
    transforms: { nodeThres: 0 },
  };
  assert.match(String(await convert(new TextEncoder().encode('sizes\nbox 3\n'), options)), /box/);
});

test('a list of stacks is drawn without being made a tree', async () => {
  const list = defineFormat({
    name: 'list',
    title: 'stacks one by one',
    extensions: [],
    spec: 'https://example.org',
    parser: {
      options: z.object({}),
      probe: () => 0,
      parse() {
        const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
        const frame = Int32Array.of(builder.frame(builder.function('f')));
        const stacks = { length: 1, start: Uint32Array.of(0, 1), frame };
        return Object.defineProperty(builder.stacks(stacks, [Float64Array.of(5)]), 'nodes', {
          get: () => assert.fail('the tree was asked for'),
        });
      },
    },
  });
  const drawn = await convert(new Uint8Array(1), { registry: builtin.with(list), format: 'list', to: 'dot' });
  assert.match(String(drawn), /f\\n100\.00%/);
});

test('readers are told whether costs by line matter', async () => {
  const asked: boolean[] = [];
  const teller = defineFormat({
    name: 'teller',
    title: 'tells what it is asked for',
    extensions: [],
    spec: 'https://example.org',
    parser: {
      options: z.object({}),
      probe: () => 0,
      parse(source) {
        asked.push(source.wantsLineCosts);
        const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
        const frame = Int32Array.of(builder.frame(builder.function('f')));
        return builder.tree({ frame, parent: Int32Array.of(-1), self: [Float64Array.of(5)] });
      },
    },
  });
  const settings = { registry: builtin.with(teller), format: 'teller' };
  const input = new Uint8Array(1);
  for (const to of ['dot', 'top', 'lines', 'json', 'callgrind', 'folded'])
    await convert(input, { ...settings, to });
  assert.deepEqual(asked.splice(0), [false, false, true, true, true, true]);
  // What is lost is told.
  await convert(input, { ...settings, to: 'dot', transforms: { granularity: 'line' } });
  await convert(input, { ...settings, to: 'dot', transforms: { tagroot: 'thread' } });
  await read(input, settings);
  assert.deepEqual(asked, [true, true, true]);
});

test('a call graph is drawn without the samples and lines being made', async () => {
  for (const input of ['cpuprofile/ticks', 'callgrind/cycle']) {
    const profile = await readProfile(`fixtures/${input}/input.${input.split('/')[0]}`);
    assert.ok(Object.hasOwn(profile, 'lines'));
    for (const key of ['lines', 'samples'] as const) {
      if (!Object.hasOwn(profile, key)) continue;
      const get = () => assert.fail(`${key} were asked for`);
      Object.defineProperty(profile, key, { get, enumerable: true, configurable: true });
    }
    await write(profile, { to: 'dot' });
    await write(profile, { to: 'pstats-text' });
  }
});

test('lists of stacks are read and drawn without being folded', async () => {
  const { child } = CallTree.prototype;
  CallTree.prototype.child = () => assert.fail('a tree was made');
  try {
    for (const input of ['pprof/labels/input.pb', 'pprof/go-cpu/input.pb.gz']) {
      const profile = await readProfile(`fixtures/${input}`);
      assert.ok(profile.stacks);
      for (const to of ['dot', 'top', 'folded']) await write(profile, { to });
    }
  } finally {
    CallTree.prototype.child = child;
  }
});

describe('the package', {
  skip: !existsSync(join(root, 'dist/cli/prof2dot.js')) && 'needs npm run build',
}, () => {
  const directory = mkdtempSync(join(tmpdir(), 'prof2dot-package-'));
  const modules = join(directory, 'node_modules');

  test('is installed and works', () => {
    mkdirSync(modules);
    for (const name of readdirSync(join(root, 'node_modules')))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
      cwd: root,
    });
    execFileSync('tar', ['-xzf', `prof2dot-${VERSION}.tgz`], { cwd: directory });
    execFileSync('mv', ['package', join(modules, 'prof2dot')], { cwd: directory });

    const command = join(modules, 'prof2dot/dist/cli/prof2dot.js');
    const run = (args: string[], input: string | Uint8Array = STACKS) =>
      execFileSync(process.execPath, args, { cwd: directory, input });
    assert.equal(String(run([command, '-t', 'folded'])), FOLDED);
    assert.match(String(run([command, '-t', 'svg'])), /<svg/);
    assert.equal(String(run([command, '-t', 'png']).subarray(1, 4)), 'PNG');

    writeFileSync(join(directory, 'program.mjs'), PROGRAM);
    assert.equal(String(run(['program.mjs'])), FOLDED);
  });
  test('loads none of the languages that zod speaks', () => {
    const cli = join(root, 'dist/cli');
    const parts = readdirSync(cli).map((file) => readFileSync(join(cli, file), 'utf8'));
    assert.ok(parts.every((part) => !part.includes('erwartet')));
  });
  test('holds what it needs and no more', () => {
    const files = readdirSync(join(modules, 'prof2dot'), { recursive: true }).map(String);
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', 'fixtures/json/profile.schema.json'])
      assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((file) => /(^|\/)test\/|\.map$|(?<!\.d)\.ts$/.test(file)),
      [],
    );
    rmSync(directory, { recursive: true });
  });
});

const PROGRAM = `
import { convert } from 'prof2dot';
import { defineFormat } from 'prof2dot/plugin';
import pkg from 'prof2dot/package.json' with { type: 'json' };
const pieces = [];
for await (const piece of process.stdin) pieces.push(piece);
process.stdout.write(await convert(pieces, { to: 'folded' }));
if (typeof defineFormat !== 'function' || pkg.name !== 'prof2dot') throw new Error('the doors are not what they were');
`;
