/** Large trees, which WebAssembly coarsens, against the way it is done without. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ArcTotals } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { treeSums } from '../src/tree-sums.ts';
import { treeOf } from './large-tree.ts';
import { withoutWasm } from './support.ts';

test('large trees are coarsened alike with and without WebAssembly', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.constantFrom(1, 20, 3000),
      fc.constantFrom(1, 5, 40_000),
      fc.boolean(),
      fc.constantFrom<ArcTotals>('once', 'every', 'outermost'),
      fc.constantFrom('function' as const, 'name' as const),
      async (seed, functions, near, isPreorder, arcTotals, by) => {
        const profile = treeOf({ seed, functions, near, isPreorder, scale: 0.3 });
        const { frame, self, total } = profile.nodes;
        const quick = coarsen(profile, { arcTotals, by });
        assert.deepEqual(quick, await withoutWasm(() => coarsen(profile, { arcTotals, by })));
        // What it was made of is still there.
        assert.deepEqual(profile.nodes.self, self);
        assert.equal(total[0]!.length, frame.length);
      },
    ),
    { numRuns: 30 },
  );
});

test('only large trees of doubles are worth a module', () => {
  const { nodes, frames } = treeOf({ seed: 1, functions: 20, near: 5, isPreorder: true, scale: 1 });
  const of = Int32Array.from({ length: frames.length }, (_, frame) => frame);
  assert.ok(treeSums(nodes, of, of.length, 'once'));
  assert.equal(treeSums({ ...nodes, length: 100 }, of, of.length, 'once'), undefined);
  const self = nodes.self.map((column) => new BigInt64Array(column.length));
  assert.equal(treeSums({ ...nodes, self }, of, of.length, 'once'), undefined);
});
