/** Totals from call ratios and call stacks: what gprof2dot's arithmetic gives, on examples and random stacks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { doubles } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { graphShares, shareOf } from '../src/graph.ts';
import type { Profile } from '../src/profile.ts';
import { callRatios, callStackTotals } from '../src/transforms/call-ratios.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { convert, printed, readProfile } from './support.ts';

async function graphOf(...lines: string[]): Promise<Profile> {
  const profile = await readProfile(Buffer.from(`${lines.join('\n')}\n`), { format: 'folded' });
  return coarsen(profile, { arcTotals: 'every' });
}

/** Shares by function, and by arc as `caller>callee`. */
function sharesOf(graph: Profile): Record<string, number> {
  const { nodes, frames, functions, arcs } = graph;
  const { total, arcTotal } = graphShares(graph, 0);
  const name = (node: number) => functions.name[frames.func[nodes.frame[node]!]!]!;
  const shares: Record<string, number> = {};
  for (let n = 0; n < nodes.length; n++) shares[name(n)] = total[n]!;
  for (let a = 0; a < arcs!.length; a++) {
    shares[`${name(arcs!.caller[a]!)}>${name(arcs!.callee[a]!)}`] = arcTotal[a]!;
  }
  return shares;
}

describe('call ratios', () => {
  test('share a callee out among its callers', async () => {
    const shares = sharesOf(callRatios(await graphOf('main;a;c 30', 'main;b;c 10', 'main;b 60')));
    assert.deepEqual(shares, {
      main: 1,
      a: 0.30000000000000004,
      b: 0.7,
      c: 0.4,
      'main>a': 0.30000000000000004,
      'main>b': 0.7,
      'a>c': 0.30000000000000004,
      'b>c': 0.1,
    });
  });

  test('know nothing of the stacks behind the arcs', async () => {
    // Both times b calls a, it has been called by a: its total is 1 of 2, but it takes part in all calls of a.
    const graph = await graphOf('main;a;b;a 1', 'main;a 1');
    assert.equal(sharesOf(graph)['b'], 0.5);
    assert.notEqual(sharesOf(callRatios(graph))['b'], 0.5);
  });

  test('spread a cycle from its entries, along arcs that lead away from them', async () => {
    const shares = sharesOf(callRatios(await graphOf('main;a;b;a 4', 'main;b 4', 'main 2')));
    // The cycle of a and b takes 0.8; half of it is called at a, and half at b.
    assert.equal(shares['main'], 1);
    assert.equal(shares['main>a'], 0.4);
    assert.equal(shares['main>b'], 0.4);
    assert.ok(Math.abs(shares['a']! - (0.4 + 0.2)) < 1e-12);
    assert.ok(Math.abs(shares['b']! - (0.4 + 0.2)) < 1e-12);
  });

  test('leave out what leads back, and calls of oneself', async () => {
    const shares = sharesOf(callRatios(await graphOf('main;a;b;c;a 1', 'main;a;a 1')));
    assert.ok(Number.isNaN(shares['c>a']));
    assert.ok(Number.isNaN(shares['a>a']));
    assert.ok(!Number.isNaN(shares['b>c']));
  });

  test('give nothing to a cycle that nothing calls, and say so', async () => {
    const graph = await graphOf('a;b;a 10', 'c 1');
    const diagnostics = new Diagnostics();
    const shares = sharesOf(callRatios(graph, diagnostics));
    assert.deepEqual([shares['a'], shares['b'], shares['c']], [0, 0, 1 / 11]);
    assert.match(printed(diagnostics), /warning callratios\/lost-cycle: .*: [ab], [ab]\n/);
  });

  test('tell of lost cycles only where they vanish', async () => {
    const diagnostics = new Diagnostics();
    const transforms = { total: 'callratios', nodeThres: 0 } as const;
    await convert(Buffer.from('a;b;a 10\n'), 'dot', { format: 'folded', diagnostics, transforms });
    assert.deepEqual(diagnostics.list(), []);
  });

  test('keep shares of a sum of 0', async () => {
    const graph = callRatios(await graphOf('main;a 0', 'main;b 0'));
    assert.deepEqual(sharesOf(graph), { main: 3, a: 1, b: 1, 'main>a': 1, 'main>b': 1 });
  });

  test('take a negative self for 0, and one beyond the sum for the sum', async () => {
    const graph = callRatios(await graphOf('main;a -3', 'main;b 10'));
    assert.deepEqual(Array.from(graphShares(graph, 0).self), [0, 0, 1]);
    assert.deepEqual(Array.from(doubles(graph.nodes.self[0]!)), [0, -3, 10]);
  });

  test('hand on the times themselves where they go by counts of calls, to the last bit', async () => {
    const options = { gprof: { totals: 'none' } };
    for (let hundredths = 1; hundredths < 100; hundredths++) {
      const report = `called/total       parents
index  %time    self descendents  called+self    name     index
                                                 <spontaneous>
[1]    100.0    0.37    0.00                 main [1]
                0.00    0.00       1/8           leaf [3]
-----------------------------------------------
                                                 <spontaneous>
[2]    100.0    0.00    0.00                 other [2]
                0.00    0.00       7/8           leaf [3]
-----------------------------------------------
[3]    100.0    ${(hundredths / 100).toFixed(2)}    0.00       8         leaf [3]
-----------------------------------------------
`;
      const profile = await readProfile(Buffer.from(report), { format: 'gprof', options });
      const { nodes, arcs } = callRatios(coarsen(profile));
      const part = (1 / 8) * (hundredths / 100);
      assert.deepEqual(Array.from(doubles(nodes.total[0]!)), [
        0.37 + part,
        (7 / 8) * (hundredths / 100),
        hundredths / 100,
      ]);
      assert.equal(arcs!.total[0]![0], part);
    }
  });

  test('reach 100,000 calls deep', async () => {
    const stack = Array.from({ length: 100_000 }, (_, i) => `f${i}`).join(';');
    const shares = sharesOf(callRatios(await graphOf(`${stack} 1`, `${stack};f1 1`)));
    assert.equal(shares['f0'], 1);
  });

  test('add up to the whole at a root that calls everything, whatever recurs', async () => {
    const stack = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 8 });
    const lists = fc.array(fc.tuple(stack, fc.integer({ min: 1, max: 100 })), {
      minLength: 1,
      maxLength: 15,
    });
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const lines = list.map(([path, n]) => `${['main', ...path.map((f) => `f${f}`)].join(';')} ${n}`);
        const graph = callRatios(await graphOf(...lines));
        assert.ok(Math.abs(sharesOf(graph)['main']! - 1) < 1e-9);
        assert.ok(graphShares(graph, 0).total.every((share) => share >= 0));
      }),
    );
  });

  test('are those of a plain reckoning on graphs without cycles, to the last bit', async () => {
    const stack = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }).map((f) => f.sort());
    const lists = fc.array(fc.tuple(stack, fc.integer({ min: 1, max: 100 })), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const lines = list.map(([path, n]) => `${path.map((f) => `f${f}`).join(';')} ${n}`);
        assert.deepEqual(sharesOf(callRatios(await graphOf(...lines))), plainly(list));
      }),
    );
  });
});

/** The same by recursion and by maps; functions call only those of greater number. */
function plainly(list: [number[], number][]): Record<string, number> {
  const self = new Map<number, number>();
  const calls = new Map<number, Map<number, number>>();
  const called = new Map<number, number>();
  let sum = 0;
  for (const [path, n] of list) {
    sum += n;
    for (const [i, f] of path.entries()) {
      self.set(f, (self.get(f) ?? 0) + (i === path.length - 1 ? n : 0));
      if (!calls.has(f)) calls.set(f, new Map());
      if (i === 0) continue;
      const of = calls.get(path[i - 1]!)!;
      of.set(f, (of.get(f) ?? 0) + n);
      called.set(f, (called.get(f) ?? 0) + n);
    }
  }
  const shares: Record<string, number> = {};
  const total = (f: number): number => {
    let share = self.get(f)! / sum;
    for (const [g, n] of calls.get(f)!) {
      shares[`f${f}>f${g}`] = (n / called.get(g)!) * total(g);
      share += shares[`f${f}>f${g}`]!;
    }
    shares[`f${f}`] = share;
    return share;
  };
  for (const f of self.keys()) total(f);
  return shares;
}

test('call stacks keep the exact totals, and share them among the callers', async () => {
  const graph = await graphOf('main;a;b;a 10', 'main;b 6', 'c 4');
  const shares = sharesOf(callStackTotals(graph));
  assert.deepEqual([shares['main'], shares['a'], shares['b'], shares['c']], [0.8, 0.5, 0.8, 0.2]);
  // Of the calls of b, 10 come from a inside the cycle, and 6 of 16 entries of the cycle are main's at b.
  assert.equal(shares['a>b'], shareOf(10, 16) * 0.8);
  assert.equal(shares['main>b'], shareOf(6, 16) * 0.8);
});

test('without stacks, call stacks fall back to call ratios', async () => {
  const arcs = { json: { events: 'pairs' } };
  const input = Buffer.from(
    JSON.stringify({
      version: 0,
      functions: [{ name: 'a' }, { name: 'b' }],
      events: [
        { callchain: [1, 0, 1, 0], cost: [3] },
        { callchain: [0], cost: [1] },
      ],
    }),
  );
  const dot = async (total: 'callstacks' | 'callratios', options = {}) =>
    (await convert(input, 'dot', { options, transforms: { total, nodeThres: 0 } })).toString();
  assert.equal(await dot('callstacks', arcs), await dot('callratios', arcs));
  assert.notEqual(await dot('callstacks'), await dot('callratios'));
});

test('totals that call ratios do not know are told of where they cannot be written', async () => {
  const diagnostics = new Diagnostics();
  const options = { format: 'folded', diagnostics, transforms: { total: 'callratios' } } as const;
  const text = await convert(Buffer.from('main;a;b;c;a 30\nmain 10\n'), 'callgrind', options);
  assert.match(text.toString(), /\ncalls=1 0\n0 0\n/);
  const codes = diagnostics.list().map(({ code }) => code);
  assert.ok(codes.includes('callgrind/unknown-totals'));
  assert.ok(!codes.includes('callgrind/large-costs'));
});

test('the graph keeps the laws of profiles', async () => {
  const graph = await graphOf('main;a;b 30', 'main;b 10', 'main;c 60');
  assert.deepEqual(checkProfile(callRatios(graph)), []);
  assert.deepEqual(checkProfile(callStackTotals(graph)), []);
});
