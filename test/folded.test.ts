/** Folded stacks beside their fixtures: byte order marks, stacks that read the same, counts beyond 2^53. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { sumOf } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { ExactSums } from '../src/exact-sums.ts';
import { type Profile, write } from '../src/index.ts';
import { treeOf } from './large-tree.ts';
import { convert, failure, printed, readProfile, withoutWasm } from './support.ts';

test('a byte order mark is no part of a name, unless it is to be kept', async () => {
  const names = async (text: string, bom: string) => {
    const profile = await readProfile(Buffer.from(text), { format: 'folded', options: { folded: { bom } } });
    return profile.functions.name;
  };
  const marked = '\uFEFFmain;a 1\nmain;b 1\n';
  assert.deepEqual(await names(marked, 'strip'), ['main', 'a', 'b']);
  assert.deepEqual(await names(marked, 'keep'), ['\uFEFFmain', 'a', 'main', 'b']);
  assert.deepEqual(await names('main;a 1\n', 'keep'), ['main', 'a']);
});

test('a stack longer than what recognition looks at is taken for one, though not surely', async () => {
  const diagnostics = new Diagnostics();
  const text = `${Array.from({ length: 30_000 }, (_, i) => `f${i}`).join(';')} 42\n`;
  const profile = await readProfile(Buffer.from(text), { diagnostics });
  assert.deepEqual([profile.nodes.length, profile.nodes.self[0]!.at(-1)], [30_000, 42]);
  assert.match(printed(diagnostics), /warning input\/weak-guess: taken for folded, but not surely/);
});

test('a file with too many other lines is not recognised, but folded is the best guess', async () => {
  const text = await failure(readProfile(Buffer.from('main;a NaN\nmain;b 1\n')));
  assert.match(text, /error input\/unknown-format: .*the best guess is folded \(-f folded\)/);
});

test('a first line may say what the counts are', async () => {
  const metrics = async (...lines: string[]) => {
    const diagnostics = new Diagnostics();
    const profile = await readProfile(Buffer.from(`${lines.join('\n')}\n`), { diagnostics });
    const units = profile.metrics.map(
      ({ name, unit }, m) => `${name}/${unit} ${sumOf(profile.nodes.self[m]!)}`,
    );
    return [...units, ...diagnostics.list().map(({ code }) => code)];
  };
  assert.deepEqual(await metrics('samples/count cpu/nanoseconds', 'a;b 1 20', 'a;c 2 30'), [
    'samples/count 3',
    'cpu/nanoseconds 50',
  ]);
  assert.deepEqual(await metrics('# by hand', 'stack cpu/nanoseconds', 'a;b 20'), ['cpu/nanoseconds 20']);
  const three = ['x/count y/bytes z/count', 'a;b 1 2 3', ...Array(9).fill('a;c\t4\t5  6')];
  assert.deepEqual(await metrics(...three, 'a;d 7 8'), [
    'x/count 37',
    'y/bytes 47',
    'z/count 57',
    'folded/no-count',
  ]);
  // A stack without a count is none.
  const stack = ['usr/bin', ...Array(5).fill('a;b 1')];
  assert.deepEqual(await metrics(...stack), ['samples/samples 5', 'input/weak-guess', 'folded/no-count']);
  const wrong = ['samples/count cpu/nanoseconds', ...Array(5).fill('a;b 1')];
  assert.deepEqual(await metrics(...wrong), ['samples/samples 5', 'input/weak-guess', 'folded/no-count']);
});

test('stacks that read the same are one line', async () => {
  const builder = new ProfileBuilder([{ name: 'bytes', unit: 'bytes' }]);
  const names = ['main', 'a;b', 'a:b', 'a\n', 'a '];
  const frame = Int32Array.from(names, (name) => builder.addFrame(builder.addFunction(name)));
  const profile = builder.tree({
    frame,
    parent: Int32Array.of(-1, 0, 0, 0, 0),
    self: [BigInt64Array.of(0n, 2n ** 60n, 1n, 5n, -5n)],
  });
  // What adds up to nothing is no line.
  assert.equal((await convert(profile, 'folded')).toString(), `main;a:b ${2n ** 60n + 1n}\n`);
});

/** Powers of two and their neighbours, and some others. */
const integers = fc
  .tuple(fc.integer({ min: 0, max: 57 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([bits, near, negative]) => (2n ** BigInt(bits) + BigInt(near)) * (negative ? -1n : 1n));

test('sums of integers are exact up to 64 bits', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), integers), { maxLength: 40 });
  fc.assert(
    fc.property(values, (list) => {
      const sums = new ExactSums(1);
      const expected = [0n, 0n, 0n];
      for (const [index, value] of list) {
        sums.add(index, Number.isSafeInteger(Number(value)) ? Number(value) : value);
        expected[index]! += value;
      }
      assert.deepEqual(Array.from(sums.column(3), BigInt), expected);
    }),
  );
});

test('sums of fractions are doubles', () => {
  const sums = new ExactSums();
  for (const value of [0.25, 2n ** 60n, 2 ** 60, -(2n ** 61n), 0.5]) sums.add(0, value);
  sums.add(1, 1e300);
  sums.add(1, 1e300);
  assert.deepEqual(sums.column(2), Float64Array.of(0.75, 2e300));
  assert.ok(sums.rounded);
});

test('counts that are rounded are told of', async () => {
  const codes = async (...counts: string[]) => {
    const diagnostics = new Diagnostics();
    const text = counts.map((count) => `f ${count}\n`).join('');
    await readProfile(Buffer.from(text), { format: 'folded', diagnostics });
    return diagnostics.list().map(({ code }) => code);
  };
  const rounded = ['folded/inexact-count'];
  assert.deepEqual(await codes('9007199254740993', '0.5'), rounded);
  assert.deepEqual(await codes('1e17'), rounded);
  assert.deepEqual(await codes('9223372036854775807', '1', '-9223372036854775807'), rounded);
  assert.deepEqual(await codes('99999999999999999999'), rounded);
  assert.deepEqual(await codes('9007199254740993', '+9_007_199_254_740_993'), []);
  assert.deepEqual(await codes('0.5', '1e15'), []);
});

test('counts of any size are written as they were read', async () => {
  const lines = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), integers), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(lines, async (list) => {
      const text = list.map(([name, count]) => `main;f${name} ${count}\n`).join('');
      const written = await convert(Buffer.from(text), 'folded', { format: 'folded' });
      assert.equal(written.toString(), text.replace(/.* -?0\n/g, ''));
    }),
  );
});

test('lines are written as they were read, whatever they share with the line before', async () => {
  const frames = fc.constantFrom(
    'a',
    'main',
    'parse\u00e9',
    '\u{1d11e}',
    'x'.repeat(100),
    'y'.repeat(150_000),
  );
  const stacks = fc.uniqueArray(fc.array(frames, { minLength: 1, maxLength: 9 }), {
    selector: String,
    minLength: 1,
  });
  await fc.assert(
    fc.asyncProperty(stacks, async (list) => {
      const lines = list.map((stack, i) => `${stack.join(';')} ${i + 1}`);
      const text = String(await convert(Buffer.from(lines.join('\n')), 'folded', { format: 'folded' }));
      assert.deepEqual(text.split('\n').sort(), [...lines, ''].sort());
    }),
    { numRuns: 30 },
  );
});

test('large trees are written alike with and without WebAssembly', async () => {
  const written = async (profile: Profile, metric: string) =>
    Buffer.from(await write(profile, { to: 'folded', transforms: { metric } })).toString('latin1');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.constantFrom(1, 20, 3000),
      fc.boolean(),
      // Not all are integers, or exact ones.
      fc.constantFrom(1, 1, 0.5, 1e13),
      fc.constantFrom('a', 'b'),
      async (seed, functions, isPreorder, scale, metric) => {
        // So that stacks are not deep.
        const near = isPreorder ? 5 : 40_000;
        const profile = treeOf({ seed, functions, near, isPreorder, scale });
        const text = await written(profile, metric);
        assert.equal(text, await withoutWasm(() => written(profile, metric)));
      },
    ),
    { numRuns: 20 },
  );
});
