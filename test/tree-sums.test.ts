/** Large trees, which WebAssembly coarsens, against the way it is done without. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import type { ArcTotals, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { treeSums } from '../src/tree-sums.ts';
import { withoutWasm } from './support.ts';

const ROWS = 40_000;

/** A tree of `ROWS` nodes: each hangs on one of the `near` before it, or is a root. Numbers come from `seed`. */
function treeOf(seed: number, functions: number, near: number, isPreorder: boolean): Profile {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const builder = new ProfileBuilder(['a', 'b'].map((name) => ({ name, unit: 'count' })));
  for (let f = 0; f < functions; f++) builder.addFrame(builder.addFunction(`f${f % 97}`));
  const parent = new Int32Array(ROWS);
  const path: number[] = [];
  for (let i = 0; i < ROWS; i++) {
    if (isPreorder) {
      path.length = random(Math.min(path.length, near) + 1) + Math.max(0, path.length - near);
      parent[i] = path.at(-1) ?? -1;
      path.push(i);
    } else parent[i] = i === 0 || random(100) === 0 ? -1 : i - 1 - random(Math.min(i, near));
  }
  const frame = parent.map(() => random(functions));
  const self = [0, 1].map((m) =>
    Float64Array.from(parent, () => (random(3) === 0 ? 0 : random(1000) / (m + 1))),
  );
  return builder.tree({ frame, parent, self });
}

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
        const profile = treeOf(seed, functions, near, isPreorder);
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
  const { nodes, frames } = treeOf(1, 20, 5, true);
  const of = Int32Array.from({ length: frames.length }, (_, frame) => frame);
  assert.ok(treeSums(nodes, of, of.length, 'once'));
  assert.equal(treeSums({ ...nodes, length: 100 }, of, of.length, 'once'), undefined);
  const self = nodes.self.map((column) => new BigInt64Array(column.length));
  assert.equal(treeSums({ ...nodes, self }, of, of.length, 'once'), undefined);
});
