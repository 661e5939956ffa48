/** Stacks from who called whom: what must hold of the guess, whatever it guesses. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { checkProfile } from '../src/check.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { functionValues } from '../src/function-values.ts';
import type { Column, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { estimateStacks } from '../src/transforms/estimate-stacks.ts';
import { plain, profiles } from './profiles.ts';
import { asTree, HUGE, SMALL, type Stack, stacks } from './stacks.ts';
import { convert, printed } from './support.ts';

interface Arc {
  from: number;
  to: number;
  total: number;
}

/** Functions `f0`, `f1`, … with self and total, and arcs between them. */
function graphOf(rows: [self: number, total: number][], arcs: Arc[]): Profile {
  const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  const frame = Int32Array.from(rows, (_, f) => builder.addFrame(builder.addFunction(`f${f}`)));
  return builder.graph(
    {
      frame,
      self: [Float64Array.from(rows, ([self]) => self)],
      total: [Float64Array.from(rows, ([, total]) => total)],
    },
    {
      length: arcs.length,
      caller: Int32Array.from(arcs, ({ from }) => from),
      callee: Int32Array.from(arcs, ({ to }) => to),
      line: new Int32Array(arcs.length),
      calls: new Float64Array(arcs.length).fill(Number.NaN),
      total: [Float64Array.from(arcs, ({ total }) => total)],
    },
  );
}

/** Figures of a call graph by function names: selves, totals, arcs; those that are 0 are left out. */
function figures({ nodes, frames, functions, arcs }: Profile): Map<string, number[]> {
  const name = (n: number) => {
    const f = frames.func[nodes.frame[n]!]!;
    return `${functions.name[f]} ${functions.file[f]}`;
  };
  const all = new Map<string, number[]>();
  const add = (key: string, columns: Column[], row: number) => {
    const values = columns.map((column) => Number(column[row]));
    if (values.some((value) => value !== 0)) all.set(key, values);
  };
  for (let n = 0; n < nodes.length; n++) {
    add(`self ${name(n)}`, nodes.self, n);
    add(`total ${name(n)}`, nodes.total, n);
  }
  for (let a = 0; a < (arcs?.length ?? 0); a++)
    add(`arc ${name(arcs!.caller[a]!)} -> ${name(arcs!.callee[a]!)}`, arcs!.total, a);
  return all;
}

function assertNear(actual: Map<string, number[]>, expected: Map<string, number[]>): void {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [key, values] of expected) {
    for (const [m, value] of values.entries()) {
      const found = actual.get(key)![m]!;
      assert.ok(Math.abs(found - value) <= 1e-9 * Math.abs(value), `${key}: ${found}, not ${value}`);
    }
  }
}

/** Stacks in which functions stand in ascending order: their call graph has no cycle. */
function acyclic(list: Stack[]): Stack[] {
  return list.map(({ places, values }) => {
    const funcs = [...new Set(places.map(({ func }) => func))].sort((a, b) => a - b);
    return { places: funcs.map((func) => ({ func, line: 0 })), values };
  });
}

const path = (profile: Profile, leaf: number): string => {
  const names: string[] = [];
  const { nodes, frames, functions } = profile;
  for (let n = leaf; n >= 0; n = nodes.parent[n]!) names.push(functions.name[frames.func[nodes.frame[n]!]!]!);
  return names.reverse().join(';');
};

const folded = (profile: Profile): string[] =>
  [...profile.nodes.self[0]!.keys()]
    .filter((n) => profile.nodes.self[0]![n] !== 0)
    .map((n) => `${path(profile, n)} ${profile.nodes.self[0]![n]}`)
    .sort();

describe('estimated stacks', () => {
  test('of an acyclic graph, counted again, give that graph', () => {
    fc.assert(
      fc.property(stacks([SMALL, HUGE]), (list) => {
        const graph = coarsen(asTree(acyclic(list)));
        assertNear(figures(coarsen(estimateStacks(graph))), figures(graph));
      }),
      { numRuns: 100 },
    );
  });

  test('of any graph leave the selves of functions as they are, and keep the laws', () => {
    const arcTotals = fc.constantFrom('once' as const, 'outermost' as const, 'every' as const);
    fc.assert(
      fc.property(stacks([SMALL, HUGE]), arcTotals, (list, mode) => {
        const graph = coarsen(asTree(list), { arcTotals: mode });
        const estimate = estimateStacks(graph);
        assert.deepEqual(checkProfile(estimate), []);
        assertSameSelves(estimate, graph);
      }),
      { numRuns: 100 },
    );
  });

  test('of graphs that contradict themselves leave the selves of functions as they are', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        if (profile.callers === 'all') return assert.equal(estimateStacks(profile), profile);
        const estimate = estimateStacks(profile);
        assert.equal(estimate.callers, 'all');
        assertSameSelves(estimate, profile);
      }),
      { numRuns: 100 },
    );
  });

  test('of whole numbers add up to whole numbers', () => {
    // A callee of several callers is shared in thirds, sevenths, …
    const shares = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 10_000 }), (callers, self) => {
        const sum = callers.reduce((all, each) => all + each, 0);
        const last = callers.length;
        const rows = callers.map((each): [number, number] => [0, each]);
        const arcs = callers.map((total, from) => ({ from, to: last, total }));
        rows.push([self, sum], [sum, sum]);
        arcs.push({ from: last, to: last + 1, total: sum });
        const { nodes } = estimateStacks(graphOf(rows, arcs));
        assert.equal(
          Array.from(nodes.self[0]!, Number).reduce((all, each) => all + each, 0),
          self + sum,
        );
      }),
    );
  });
  test('share a callee among its callers', () => {
    // f0 and f1 call f2, three to one; f2 calls f3.
    const graph = graphOf(
      [
        [1, 31],
        [2, 12],
        [8, 40],
        [32, 32],
      ],
      [
        { from: 0, to: 2, total: 30 },
        { from: 1, to: 2, total: 10 },
        { from: 2, to: 3, total: 32 },
      ],
    );
    const estimate = estimateStacks(graph);
    assert.deepEqual(folded(estimate), ['f0 1', 'f0;f2 6', 'f0;f2;f3 24', 'f1 2', 'f1;f2 2', 'f1;f2;f3 8']);
    assert.equal(estimate.estimated, true);
  });

  test('of a function that is called from outside, too', () => {
    const estimate = estimateStacks(
      graphOf(
        [
          [1, 4],
          [4, 4],
        ],
        [{ from: 0, to: 1, total: 3 }],
      ),
    );
    assert.deepEqual(folded(estimate), ['f0 1', 'f0;f1 3', 'f1 1']);
  });

  test('are no guess where there is no choice', () => {
    const diagnostics = new Diagnostics();
    const chain = graphOf(
      [
        [1, 6],
        [2, 5],
        [3, 3],
      ],
      [
        { from: 0, to: 1, total: 5 },
        { from: 1, to: 2, total: 3 },
      ],
    );
    const estimate = estimateStacks(chain, { diagnostics });
    assert.deepEqual(folded(estimate), ['f0 1', 'f0;f1 2', 'f0;f1;f2 3']);
    assert.equal(estimate.estimated, false);
    assert.equal(printed(diagnostics), '');
  });

  /** A flat profile of two functions, each with a label. */
  function flat(totals: number[]): Profile {
    const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
    const frame = Int32Array.from([0, 1], (f) => builder.addFrame(builder.addFunction(`f${f}`)));
    const self = [Float64Array.of(1, 2)];
    const labels = Int32Array.from(['a', 'b'], (value) => builder.labels([{ key: 'run', value }]));
    const samples = { length: 2, node: Int32Array.of(0, 1), values: self, labels };
    return builder.flat({ frame, self, total: [Float64Array.from(totals)] }, { samples });
  }

  test('of functions alone are those functions, with their labels', () => {
    const diagnostics = new Diagnostics();
    const estimate = estimateStacks(flat([1, 2]), { diagnostics });
    assert.deepEqual(folded(estimate), ['f0 1', 'f1 2']);
    assert.equal(estimate.estimated, false);
    assert.deepEqual([...estimate.samples!.labels!], [0, 1]);
    assert.equal(printed(diagnostics), '');
  });
  test('of functions alone have no totals, which is told', () => {
    const diagnostics = new Diagnostics();
    const estimate = estimateStacks(flat([3, 2]), { diagnostics });
    assert.deepEqual(folded(estimate), ['f0 1', 'f1 2']);
    assert.equal(estimate.estimated, true);
    assert.match(printed(diagnostics), /^prof2dot: warning estimate\/flat-totals: /);
  });
  test('are a guess where they do not come to the totals', () => {
    // One that takes nothing itself and calls back; and one of which nothing is known but that it was called.
    const back = graphOf(
      [
        [8, 8],
        [0, 8],
      ],
      [
        { from: 0, to: 1, total: 8 },
        { from: 1, to: 0, total: 8 },
      ],
    );
    const silent = graphOf(
      [
        [1, 4],
        [0, 0],
      ],
      [{ from: 0, to: 1, total: 3 }],
    );
    for (const graph of [back, silent]) {
      const diagnostics = new Diagnostics();
      assert.equal(estimateStacks(graph, { diagnostics }).estimated, true);
      assert.match(printed(diagnostics), /^prof2dot: warning estimate\/stacks: /);
    }
  });
  test('keep what percentages refer to; labels, of which nobody knows the calls, are told of', () => {
    const diagnostics = new Diagnostics();
    const graph = graphOf(
      [
        [1, 3],
        [2, 2],
      ],
      [{ from: 0, to: 1, total: 2 }],
    );
    const samples = {
      length: 1,
      node: Int32Array.of(0),
      values: [Float64Array.of(1)],
      labels: Int32Array.of(0),
    };
    const whole = { sum: [10], maxSelf: [2] };
    const labelSets = [[{ key: 'run', value: 'a' }]];
    const estimate = estimateStacks({ ...graph, whole, samples, labelSets }, { diagnostics });
    assert.deepEqual(estimate.whole, whole);
    assert.equal(estimate.estimated, false);
    assert.match(printed(diagnostics), /^prof2dot: note estimate\/missing-selves: /);
    assert.match(printed(diagnostics), /^prof2dot: note estimate\/labels: /m);
  });

  test('enter a cycle from each side, and no function twice', () => {
    // f0 calls f1 and f2, which call each other.
    const arcs = [
      { from: 0, to: 1, total: 60 },
      { from: 0, to: 2, total: 40 },
      { from: 1, to: 2, total: 30 },
      { from: 2, to: 1, total: 20 },
    ];
    const rows: [number, number][] = [
      [0, 100],
      [50, 80],
      [50, 70],
    ];
    const graph = graphOf(rows, arcs);
    const estimate = estimateStacks(graph);
    assert.deepEqual(
      folded(estimate).map((line) => line.split(' ')[0]),
      ['f0;f1', 'f0;f1;f2', 'f0;f2', 'f0;f2;f1'],
    );
    assertSameSelves(estimate, graph);
    assert.equal(estimate.estimated, true);
  });

  test('of a cycle that nothing calls begin with its greatest function', () => {
    const arcs = [
      { from: 0, to: 1, total: 9 },
      { from: 1, to: 0, total: 10 },
    ];
    assert.deepEqual(
      folded(
        estimateStacks(
          graphOf(
            [
              [1, 9],
              [9, 10],
            ],
            arcs,
          ),
        ),
      ),
      ['f1 9', 'f1;f0 1'],
    );
  });

  test('of a function that calls itself hold it once', () => {
    const arcs = [
      { from: 0, to: 1, total: 5 },
      { from: 1, to: 1, total: 5 },
    ];
    const estimate = estimateStacks(
      graphOf(
        [
          [1, 6],
          [5, 5],
        ],
        arcs,
      ),
    );
    assert.deepEqual(folded(estimate), ['f0 1', 'f0;f1 5']);
    assert.equal(estimate.estimated, true);
  });

  test('keep what no arc explains where it is', () => {
    const estimate = estimateStacks(
      graphOf(
        [
          [10, 100],
          [5, 5],
        ],
        [{ from: 0, to: 1, total: 5 }],
      ),
    );
    assert.deepEqual(folded(estimate), ['f0 10', 'f0;f1 5']);
  });

  test('of a chain of 100,000 functions', () => {
    const depth = 100_000;
    const rows = Array.from({ length: depth }, (_, f): [number, number] => [1, depth - f]);
    const arcs = Array.from({ length: depth - 1 }, (_, f) => ({ from: f, to: f + 1, total: depth - f - 1 }));
    const estimate = estimateStacks(graphOf(rows, arcs));
    assert.equal(estimate.nodes.length, depth);
    assert.equal(estimate.estimated, false);
    assert.deepEqual(checkProfile(estimate), []);
  });

  test('stay within a limit where every way doubles, and say so', () => {
    // 60 layers of two functions, each of which calls both of the next: 2^60 stacks.
    const layers = 60;
    const total = (layer: number) => layers - layer;
    const rows = Array.from({ length: 2 * layers }, (_, f): [number, number] => [1, total(f >> 1)]);
    const arcs = Array.from({ length: 4 * (layers - 1) }, (_, a) => {
      const layer = a >> 2;
      return { from: 2 * layer + ((a >> 1) & 1), to: 2 * layer + 2 + (a & 1), total: total(layer + 1) / 2 };
    });
    const graph = graphOf(rows, arcs);
    const diagnostics = new Diagnostics();
    const estimate = estimateStacks(graph, { diagnostics, maxNodes: 10_000 });
    assert.ok(estimate.nodes.length > 1000 && estimate.nodes.length <= 10_000 + graph.nodes.length);
    assert.deepEqual(checkProfile(estimate), []);
    assertSameSelves(estimate, graph);
    assert.ok(printed(diagnostics).includes('warning estimate/stacks: the input holds no stacks'));
    assert.ok(printed(diagnostics).includes('warning estimate/small-stacks: stacks of less than '));
  });

  test('are told of when they are written', async () => {
    const graph = graphOf(
      [
        [1, 4],
        [4, 4],
      ],
      [{ from: 0, to: 1, total: 3 }],
    );
    const diagnostics = new Diagnostics();
    assert.equal((await convert(graph, 'folded', { diagnostics })).toString(), 'f0 1\nf0;f1 3\nf1 1\n');
    assert.match(printed(diagnostics), /^prof2dot: warning estimate\/stacks: /);
  });

  test('leave the graph as it was', () => {
    const graph = graphOf(
      [
        [1, 4],
        [4, 4],
      ],
      [{ from: 0, to: 1, total: 3 }],
    );
    const before = plain(graph);
    estimateStacks(graph);
    assert.deepEqual(plain(graph), before);
  });
});

/** Selves by function: the same functions have the same. */
function assertSameSelves(estimate: Profile, graph: Profile): void {
  const expected = functionValues(graph).self;
  for (const [m, column] of functionValues(estimate).self.entries()) {
    for (const [f, self] of column.entries()) {
      const wanted = expected[m]![f]!;
      if (typeof self === 'bigint') assert.equal(self, wanted);
      else
        assert.ok(
          Math.abs(self - Number(wanted)) <= 1e-9 * Math.abs(Number(wanted)),
          `${self}, not ${wanted}`,
        );
    }
  }
}
