/** The laws of profiles and of the ways between them, on random stacks with recursion. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { checkProfile } from '../src/check.ts';
import { sumOf, widenIfNeeded } from '../src/columns.ts';
import type { Granularity } from '../src/group-frames.ts';
import type { ArcTotals, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { asStacks, asTree, count, figures, HUGE, SMALL, type Stack, stacks } from './stacks.ts';
import { convert, dump, readProfile } from './support.ts';

const MODES: ArcTotals[] = ['once', 'outermost', 'every'];
const GRAINS: Granularity[] = ['function', 'name', 'file', 'mapping', 'line'];

/** One metric, two, and values beyond 2^53 beside ordinary ones. */
const anyStacks = fc.oneof(stacks([SMALL]), stacks([SMALL, SMALL]), stacks([HUGE]), stacks([SMALL, HUGE]));

/** What a function of a coarse profile is called in figures. */
function labelOf(by: Granularity): (graph: Profile, func: number) => string {
  return ({ functions, mappings }, f) => {
    const file = functions.file[f]!;
    if (by === 'mapping') return mappings[functions.mapping[f]!]!.name;
    if (by === 'name' || by === 'file') return functions.name[f]!;
    return `${functions.name[f]} ${file}${by === 'line' ? `:${functions.line[f]}` : ''}`;
  };
}

function sum(list: Stack[], metric: number): bigint {
  return list.reduce((total, { values }) => total + values[metric]!, 0n);
}

describe('a profile of stacks', () => {
  for (const [form, make] of [
    ['list', asStacks],
    ['tree', asTree],
  ] as const) {
    test(`given as a ${form} keeps the laws and its sum`, () => {
      fc.assert(
        fc.property(anyStacks, (list) => {
          const profile = make(list);
          assert.deepEqual(checkProfile(profile), []);
          for (const [m, self] of profile.nodes.self.entries())
            assert.equal(BigInt(sumOf(self)), sum(list, m));
        }),
      );
    });
  }

  test('is the same as a list and as a tree', () => {
    fc.assert(
      fc.property(anyStacks, (list) => {
        const withoutSamples = (profile: Profile) =>
          dump({ ...profile, samples: undefined } as unknown as Profile);
        assert.equal(withoutSamples(asStacks(list)), withoutSamples(asTree(list)));
      }),
    );
  });

  test('of 100,000 frames is folded and coarsened', () => {
    const places = Array.from({ length: 100_000 }, (_, i) => ({ func: i % 6, line: 0 }));
    const list = [
      { places, values: [7n] },
      { places: places.slice(1), values: [2n] },
    ];
    for (const profile of [asStacks(list), asTree(list)]) {
      assert.equal(profile.nodes.length, 199_999);
      assert.deepEqual(
        figures(coarsen(profile), labelOf('function'), false),
        count(list, 'function', 'once', false),
      );
    }
  });
});

describe('coarsen', () => {
  for (const mode of MODES) {
    for (const lines of [false, true]) {
      for (const by of GRAINS) {
        test(`by ${by}, arcs ${mode}${lines ? ', with lines' : ''}: what counting stack by stack gives`, () => {
          fc.assert(
            fc.property(anyStacks, (list) => {
              const expected = count(list, by, mode, lines);
              for (const profile of [asStacks(list), asTree(list)]) {
                const graph = coarsen(profile, { by, arcTotals: mode, lines });
                assert.deepEqual(checkProfile(graph), []);
                assert.equal(graph.estimated, false);
                assert.deepEqual(figures(graph, labelOf(by), lines), expected);
              }
            }),
            { numRuns: 30 },
          );
        });
      }
    }
  }

  test('calls are those of all nodes, primitive calls those of outermost ones', () => {
    fc.assert(
      fc.property(stacks([SMALL]), (list) => {
        const tree = asTree(list);
        const { frame, parent, length } = tree.nodes;
        tree.nodes.calls = Float64Array.from({ length }, (_, n) => n + 1);
        const func = (n: number) => tree.frames.func[frame[n]!]!;
        const ofFunctions = new Map<string, number[]>();
        const ofArcs = new Map<string, number[]>();
        for (let n = 0; n < length; n++) {
          let outermost = true;
          for (let p = parent[n]!; p >= 0; p = parent[p]!) if (func(p) === func(n)) outermost = false;
          const add = (counts: Map<string, number[]>, key: string) => {
            const [calls, primitive] = counts.get(key) ?? [0, 0];
            counts.set(key, [calls! + n + 1, primitive! + (outermost ? n + 1 : 0)]);
          };
          add(ofFunctions, `${func(n)}`);
          if (parent[n]! >= 0) add(ofArcs, `${func(parent[n]!)} ${func(n)}`);
        }
        const { functions, nodes, frames, arcs } = coarsen(tree);
        const name = (f: number, { functions: { name, file } }: Pick<Profile, 'functions'>) =>
          `${name[f]} ${file[f]}`;
        const original = (f: string) => name(Number(f), tree);
        const found = (calls: Float64Array, primitive: Float64Array, row: number) => [
          calls[row],
          primitive[row],
        ];
        const node = (n: number) => name(frames.func[nodes.frame[n]!]!, { functions });
        assert.deepEqual(
          new Map(
            functions.name.map((_, f) => [
              name(f, { functions }),
              found(functions.calls!, functions.primitiveCalls!, f),
            ]),
          ),
          new Map([...ofFunctions].map(([f, counts]) => [original(f), counts])),
        );
        assert.deepEqual(
          new Map(
            Array.from(arcs!.caller, (caller, a) => [
              `${node(caller)} -> ${node(arcs!.callee[a]!)}`,
              found(arcs!.calls, arcs!.primitiveCalls!, a),
            ]),
          ),
          new Map([...ofArcs].map(([arc, counts]) => [arc.split(' ').map(original).join(' -> '), counts])),
        );
      }),
    );
  });

  test('of a call graph is the same in whatever order its arcs stand, and if they stand twice', () => {
    const arc = fc.record({
      caller: fc.nat(7),
      callee: fc.nat(7),
      total: fc.nat(99),
      calls: fc.nat(9),
      key: fc.nat(),
    });
    const isSame = (a: { caller: number; callee: number }, b: typeof a) =>
      a.caller === b.caller && a.callee === b.callee;
    const graph = (list: { caller: number; callee: number; total: number; calls: number }[]) => {
      const builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
      const image = builder.mapping('app');
      const frame = Int32Array.from({ length: 8 }, (_, f) =>
        builder.addFrame(builder.addFunction(`f${f}`, { file: 'x.c', line: f, mapping: image }), {
          mapping: image,
        }),
      );
      for (const [i, f] of frame.entries()) if (i % 2) builder.addCalls(f, i, 1);
      const column = (values: number[]) => Float64Array.from(values);
      const arcs = {
        length: list.length,
        caller: Int32Array.from(list, ({ caller }) => caller),
        callee: Int32Array.from(list, ({ callee }) => callee),
        line: Int32Array.from(list, ({ total }) => total),
        calls: column(list.map(({ calls }) => calls)),
        total: [column(list.map(({ total }) => total))],
      };
      const self = [column([1, 2, 3, 4, 5, 6, 7, 8])];
      return builder.graph({ frame, self, total: [self[0]!.map((value) => value * 2)] }, arcs);
    };
    fc.assert(
      fc.property(fc.uniqueArray(arc, { comparator: isSame, maxLength: 40 }), (list) => {
        const byCallee = graph(list.toSorted((a, b) => a.callee - b.callee || a.key - b.key));
        const byKey = graph(list.toSorted((a, b) => a.key - b.key));
        const halves = list.flatMap(({ total, calls, ...ends }) => [
          { ...ends, total, calls: calls - 1 },
          { ...ends, total: 0, calls: 1 },
        ]);
        const coarse = dump(coarsen(byCallee));
        assert.equal(dump(coarsen(byKey)), coarse);
        assert.equal(dump(coarsen(graph(halves))), coarse);
        assert.deepEqual(coarsen(byCallee).arcs!.line, new Int32Array(list.length));
      }),
    );
  });
  test('twice is once', () => {
    fc.assert(
      fc.property(anyStacks, (list) => {
        const once = coarsen(asTree(list), { lines: true });
        assert.equal(dump(coarsen(once, { lines: true })), dump(once));
      }),
    );
  });

  test('incoming outermost arcs add up to the total, but for what starts with the function', () => {
    fc.assert(
      fc.property(stacks([SMALL]), (list) => {
        const { nodes, arcs, frames, functions } = coarsen(asTree(list), { arcTotals: 'outermost' });
        const entered = new Float64Array(nodes.length);
        for (let a = 0; a < arcs!.length; a++) entered[arcs!.callee[a]!]! += arcs!.total[0]![a] as number;
        for (let n = 0; n < nodes.length; n++) {
          const f = frames.func[nodes.frame[n]!]!;
          const roots = list.filter(({ places }) => {
            const { func } = places[0]!;
            return `f${func >> 1}` === functions.name[f] && `file${func & 1}` === functions.file[f];
          });
          assert.equal(entered[n]! + Number(sum(roots, 0)), nodes.total[0]![n]);
        }
      }),
    );
  });

  test('keeps fractions beside integers beyond 2^53', () => {
    const builder = new ProfileBuilder([
      { name: 'bytes', unit: 'bytes' },
      { name: 'time', unit: 'seconds' },
    ]);
    const frame = Int32Array.of(builder.frame(builder.function('a')), builder.frame(builder.function('b')));
    const values = [BigInt64Array.of(2n ** 60n + 1n, 1n), Float64Array.of(0.25, 0.5)];
    const profile = builder.stacks(
      { length: 2, start: Uint32Array.of(0, 1, 3), frame: Int32Array.of(frame[0]!, frame[0]!, frame[1]!) },
      values,
    );
    const { nodes } = coarsen(profile);
    assert.deepEqual(
      [nodes.total[0]![0], nodes.total[1]![0], nodes.self[1]![1]],
      [2n ** 60n + 2n, 0.75, 0.5],
    );
  });

  test('keeps totals exact that come to more than 64 bits together', () => {
    const builder = new ProfileBuilder([{ name: 'bytes', unit: 'bytes' }]);
    const frame = Int32Array.from(['a', 'b', 'c'], (name) => builder.frame(builder.function(name)));
    const self = [BigInt64Array.of(1n, 1n, 2n ** 62n + 1n)];
    const tree = builder.tree({ frame, parent: Int32Array.of(-1, 0, 1), self });
    const { nodes, arcs } = coarsen(tree);
    assert.deepEqual(nodes.total, [BigInt64Array.of(2n ** 62n + 3n, 2n ** 62n + 2n, 2n ** 62n + 1n)]);
    assert.deepEqual(arcs!.total, [BigInt64Array.of(2n ** 62n + 2n, 2n ** 62n + 1n)]);
  });

  test('keeps what the whole was before nodes were cut', () => {
    const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
    const frame = Int32Array.from(['f', 'g', 'f'], (name, line) =>
      builder.frame(builder.function(name), { line }),
    );
    const self = [Float64Array.of(1, 2, 3)];
    const whole = { sum: [10], maxSelf: [3] };
    const flat = Object.assign(builder.flat({ frame, self, total: self }), { whole });
    assert.deepEqual(coarsen(flat).whole, { sum: [10], maxSelf: [4] });
    const tree = Object.assign(builder.tree({ frame, parent: Int32Array.of(-1, 0, 1), self }), { whole });
    assert.deepEqual(coarsen(tree).whole, { sum: [10], maxSelf: [4] });
  });

  test('takes lines with fractions beside selves beyond 2^53', () => {
    const builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
    const frame = Int32Array.of(builder.frame(builder.function('a')), builder.frame(builder.function('b')));
    const node = Int32Array.of(0, 1, 1);
    const values = [Float64Array.of(2 ** 54, 0.5, 2 ** 54)];
    const table = { length: 3, node, line: Int32Array.of(7, 8, 9), values };
    const nodes = { frame, parent: Int32Array.of(-1, 0), self: [Float64Array.of(2 ** 54, 2 ** 54)] };
    for (const lines of [table, () => table]) {
      const profile = builder.tree(nodes, { samples: () => table, lines });
      assert.deepEqual(profile.samples!.values, values);
      assert.deepEqual(profile.lines!.values, values);
      assert.deepEqual(checkProfile(profile), []);
      assert.deepEqual(coarsen(profile, { lines: true }).lines!.values, values);
    }
    const whole = { ...table, values: [Float64Array.of(2 ** 54, 2, 2 ** 54 - 2)] };
    assert.deepEqual(builder.tree(nodes, { lines: () => whole }).lines!.values, [
      BigInt64Array.of(2n ** 54n, 2n, 2n ** 54n - 2n),
    ]);
  });

  /** `main` calls `parse`, which calls `read`; each is of a file. */
  function threeCalls(files: readonly [main: string, parse: string, read: string]): Profile {
    const builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
    const frame = Int32Array.from(['main', 'parse', 'read'], (name, i) =>
      builder.frame(builder.function(name, { file: files[i]! })),
    );
    const arcs = {
      length: 2,
      caller: Int32Array.of(0, 1),
      callee: Int32Array.of(1, 2),
      line: Int32Array.of(5, 6),
      calls: Float64Array.of(3, 9),
      total: [Float64Array.of(3, 2)],
    };
    return builder.graph(
      { frame, self: [Float64Array.of(1, 1, 2)], total: [Float64Array.of(4, 3, 2)] },
      arcs,
    );
  }

  test('groups an arc profile, and marks what it had to guess', () => {
    const profile = threeCalls(['x.c', 'y.c', 'y.c']);
    const byFunction = coarsen(profile);
    assert.equal(byFunction.estimated, false);
    assert.equal(
      dump(byFunction),
      dump({ ...profile, arcs: { ...profile.arcs!, line: Int32Array.of(0, 0) } }),
    );
    const byFile = coarsen(profile, { by: 'file' });
    assert.equal(byFile.estimated, true);
    assert.deepEqual(figures(byFile, labelOf('file'), false), {
      'self x.c': '1',
      'total x.c': '4',
      'self y.c': '3',
      'total y.c': '3',
      'arc x.c -> y.c': '3',
      'arc y.c -> y.c': '2',
    });
  });

  test('groups an arc profile whose groups call each other: no total is more than all', () => {
    const byFile = coarsen(threeCalls(['x.c', 'y.c', 'x.c']), { by: 'file' });
    assert.equal(byFile.estimated, true);
    assert.deepEqual(figures(byFile, labelOf('file'), false), {
      'self x.c': '3',
      'total x.c': '4',
      'self y.c': '1',
      'total y.c': '3',
      'arc x.c -> y.c': '3',
      'arc y.c -> x.c': '2',
    });
  });
});

describe('columns', () => {
  test('are widened exactly when a sum may pass 2^53', () => {
    const max = Number.MAX_SAFE_INTEGER;
    assert.ok(widenIfNeeded(Float64Array.of(max - 1, 1)) instanceof Float64Array);
    assert.deepEqual(widenIfNeeded(Float64Array.of(max, 1)), BigInt64Array.of(BigInt(max), 1n));
    assert.ok(widenIfNeeded(Float64Array.of(-max, 1)) instanceof BigInt64Array);
    assert.ok(widenIfNeeded(Float64Array.of(max, 0.5)) instanceof Float64Array);
    assert.ok(widenIfNeeded(Float64Array.of(1e300, 1)) instanceof Float64Array);
    assert.ok(widenIfNeeded(Float64Array.of(Number.NaN, max, max)) instanceof Float64Array);
  });

  const values = fc.oneof(
    fc.double({ min: 0, max: 1e300 }),
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom(2 ** 53, 2 ** 62, 2 ** 63, 1e19),
  );
  test('of any numbers make a graph', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(values, values, values), { minLength: 1, maxLength: 5 }), (rows) => {
        const builder = new ProfileBuilder([{ name: 'n', unit: 'count' }]);
        const frame = Int32Array.from(rows.keys(), (i) => builder.frame(builder.function(`f${i}`)));
        const self = [Float64Array.from(rows, ([v]) => v)];
        const total = [Float64Array.from(rows, ([, v]) => v)];
        const ends = Int32Array.from(rows.keys());
        const calls = new Float64Array(rows.length);
        const given = [Float64Array.from(rows, ([, , v]) => v)];
        const arcs = { length: rows.length, caller: ends, callee: ends, line: ends, calls, total: given };
        const { nodes, arcs: made } = builder.graph({ frame, self, total }, arcs);
        const kinds = new Set(
          [nodes.self[0], nodes.total[0], made!.total[0]].map((column) => column!.constructor),
        );
        assert.equal(kinds.size, 1);
        for (const [i, [a, b, c]] of rows.entries()) {
          assert.deepEqual([nodes.self[0]![i], nodes.total[0]![i], made!.total[0]![i]].map(Number), [
            a,
            b,
            c,
          ]);
        }
      }),
    );
  });
});

describe('folded', () => {
  const plain = (text: string) =>
    !/[;\r\n]/.test(text) && text.trim() === text && !text.startsWith('#') && !text.includes('\uFEFF');
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).filter(plain);
  const lines = fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1 })), {
    minLength: 1,
    maxLength: 20,
  });
  test('reads what it writes', async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (list) => {
        const text = list.map(([names, value]) => `${names.join(';')} ${value}\n`).join('');
        const options = { format: 'folded', options: { folded: { parens: 'name' } } };
        const profile = await readProfile(Buffer.from(text), options);
        assert.deepEqual(checkProfile(profile), []);
        assert.equal(
          BigInt(sumOf(profile.nodes.self[0]!)),
          list.reduce((total, [, value]) => total + BigInt(value), 0n),
        );
        const written = await convert(profile, 'folded');
        assert.equal(dump(await readProfile(written, options)), dump(profile));
      }),
    );
  });
});
