/** Counted stacks beside their fixtures: figures against a plain count, deep stacks, long lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coarsen } from '../src/transforms/coarsen.ts';
import { readProfile } from './support.ts';

const names = fc.constantFrom('main', 'a::b(int)', 'c d', 'σ', 'f->g');
const stack = fc.record({
  /** Leaf first. */
  frames: fc.array(names, { minLength: 1, maxLength: 7 }),
  count: fc.integer({ min: 0, max: 1e9 }),
  indent: fc.constantFrom('', '  ', '\t', '              '),
  blank: fc.constantFrom('', '\n', '\r\n'),
});

test('totals are those of a plain count over the stacks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stack, { minLength: 1, maxLength: 30 }), async (stacks) => {
      const texts = stacks.map(({ frames, count, indent, blank }) => {
        const lines = frames.map((name, d) => `${indent}x\`${name}+0x${d}\n${blank}`);
        return `${lines.join('')}${indent} ${count}\n${blank}`;
      });
      const expected = new Map<string, number>();
      for (const { frames, count } of stacks)
        for (const name of new Set(frames)) expected.set(name, (expected.get(name) ?? 0) + count);
      const profile = await readProfile(Buffer.from(texts.join('')), { format: 'dtrace' });
      const { nodes, frames, functions } = coarsen(profile, { by: 'function' });
      const found = new Map<string, number>();
      for (let n = 0; n < nodes.length; n++)
        found.set(functions.name[frames.func[nodes.frame[n]!]!]!, Number(nodes.total[0]![n]));
      assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
    }),
    { numRuns: 60 },
  );
});

test('stacks are as deep, and lines as long, as they come', async () => {
  const frames = Array.from({ length: 100_000 }, (_, i) => `  x\`f${i % 3}\n`);
  const lines = [
    'a  '.repeat(50_000),
    `x\`${'` '.repeat(50_000)}`,
    `${'9'.repeat(50_000)}x`,
    `  ${'b  1 '.repeat(50_000)}x`,
  ];
  const start = process.cpuUsage();
  const profile = await readProfile(Buffer.from(`${frames.join('')}5\n${lines.join('\n')}\n  x\`f\n6\n`), {
    format: 'dtrace',
  });
  assert.ok(profile.nodes.length >= 100_000);
  assert.ok(process.cpuUsage(start).user < 2e6);
});
