/** hprof: totals against a count over the stacks, and what has no end in other readers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { coarsen } from '../src/transforms/coarsen.ts';
import { readProfile } from './support.ts';

/** A stack, leaf first, and its count. */
type Sample = [stack: string[], count: number];

const samples = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom('a.A.f', 'a.A.g', 'b.B.<init>', 'b.B$1.run'), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 1, max: 1000 }),
  ) as fc.Arbitrary<Sample>,
  { minLength: 1, maxLength: 12 },
);

function hprofFile(list: Sample[]): Uint8Array {
  const traces = list.map(([stack], i) => `TRACE ${i}:\n${stack.map((f) => `\t${f}(X.java:1)\n`).join('')}`);
  const rows = list.map(([, count], i) => `${i + 1} 1.00% 1.00% ${count} ${i} x\n`);
  const total = list.reduce((sum, [, count]) => sum + count, 0);
  const table = ['rank   self  accum   count trace method\n', ...rows].join('');
  return Buffer.from(`${traces.join('')}CPU SAMPLES BEGIN (total = ${total}) now\n${table}CPU SAMPLES END\n`);
}

async function totals(list: Sample[], traces: string): Promise<Map<string, number>> {
  const read = { format: 'hprof', options: { hprof: { traces } } };
  const { nodes, frames, functions } = coarsen(await readProfile(hprofFile(list), read));
  const rows = Array.from(nodes.frame, (frame, n): [string, number] => [
    functions.name[frames.func[frame]!]!,
    Number(nodes.total[0]![n]),
  ]);
  return new Map(rows.sort());
}

describe('hprof', () => {
  test('a total is the sum of the stacks that hold the function, however it is read', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (list) => {
        const expected = new Map<string, number>();
        for (const [stack, count] of list)
          for (const name of new Set(stack)) expected.set(name, (expected.get(name) ?? 0) + count);
        const counted = new Map([...expected].sort());
        assert.deepEqual(await totals(list, 'stacks'), counted);
        assert.deepEqual(await totals(list, 'pairs'), counted);
      }),
      { numRuns: 50 },
    );
  });

  test('a stack may be deep', async () => {
    const deep = Array.from({ length: 100_000 }, (_, i) => `a.A.f${i}`);
    const profile = await readProfile(hprofFile([[deep, 1]]), { format: 'hprof' });
    assert.equal(profile.nodes.length, deep.length);
  });
});
