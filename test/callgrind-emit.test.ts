/** What KCachegrind and callgrind_annotate make of the callgrind files we write. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { type FunctionInfo, ProfileBuilder } from '../src/builder.ts';
import { sumOf } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { secondsPerUnit } from '../src/metrics.ts';
import type { Metric, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { type EmitOptions, type ReadFile, readCallgrind, reread } from './callgrind-reader.ts';
import { cases } from './cases.ts';
import { asStacks, asTree, count, HUGE, SMALL, type Stack, stacks } from './stacks.ts';
import { convert, needs, printed, readProfile } from './support.ts';

async function losses(profile: Profile, options: EmitOptions = {}): Promise<string> {
  const diagnostics = new Diagnostics();
  await convert(profile, 'callgrind', { diagnostics, options: { callgrind: options } });
  return printed(diagnostics);
}

/** A call graph of functions, with the arcs `[caller, callee, total, calls]`, and one metric. */
function graph(
  functions: ({ name?: string; self?: number; total?: number } & FunctionInfo)[],
  arcs: [caller: number, callee: number, total: number, calls?: number][] = [],
  metric: Metric = { name: 'cost', unit: 'count' },
): Profile {
  const builder = new ProfileBuilder([metric]);
  const frame = functions.map(({ name = 'f', ...info }) => builder.addFrame(builder.addFunction(name, info)));
  const nodes = {
    frame: Int32Array.from(frame),
    self: [Float64Array.from(functions, ({ self = 1 }) => self)],
    total: [Float64Array.from(functions, ({ self = 1, total = self }) => total)],
  };
  return builder.graph(nodes, {
    length: arcs.length,
    caller: Int32Array.from(arcs, ([caller]) => caller),
    callee: Int32Array.from(arcs, ([, callee]) => callee),
    line: new Int32Array(arcs.length),
    calls: Float64Array.from(arcs, ([, , , calls = Number.NaN]) => calls),
    total: [Float64Array.from(arcs, ([, , total]) => total)],
  });
}

/** The figures of a file that `count` gives for its stacks. */
function figuresOf({ functions, calls }: ReadFile): Record<string, string> {
  const figures: Record<string, string> = {};
  const label = (key: string) => {
    const { name, file } = functions.get(key)!;
    return `${name.replace(/ .*/, '')} ${file}`;
  };
  for (const [key, { name, lines, self, inclusive }] of functions) {
    if (name === '(root)') continue;
    figures[`self ${label(key)}`] = self.join(' ');
    figures[`total ${label(key)}`] = inclusive.join(' ');
    for (const [site, costs] of lines) figures[`line ${label(key)}:${site.split(':')[1]}`] = costs.join(' ');
  }
  for (const { caller, callee, site, costs } of calls) {
    if (functions.get(caller)!.name === '(root)') continue;
    const line = site.split(':')[1];
    figures[`arc ${label(caller)} -> ${label(callee)} at ${line}`] = costs.join(' ');
  }
  return figures;
}

/** Stacks as they are written: a line that is not known is the function's first, which is 10. */
function withLines(list: Stack[]): Stack[] {
  return list.map(({ places, values }) => ({
    places: places.map(({ func, line }) => ({ func, line: line || 10 })),
    values,
  }));
}

describe('stacks written as callgrind', () => {
  const any = fc.oneof(stacks([SMALL]), stacks([SMALL, HUGE]), stacks([HUGE]));
  for (const [form, make] of [
    ['list', asStacks],
    ['tree', asTree],
  ] as const) {
    test(`given as a ${form}: self, inclusive, arcs and lines are what counting stack by stack gives`, async () => {
      await fc.assert(
        fc.asyncProperty(any, async (list) => {
          const file = await reread(make(list));
          assert.deepEqual(figuresOf(file), count(withLines(list), 'function', 'outermost', true));
          assert.deepEqual(file.header.get('summary'), [file.sum.join(' ')]);
        }),
        { numRuns: 60 },
      );
    });
  }

  test('in fractions: each figure is next to the exact one, and they add up', async () => {
    const scales = fc.constantFrom(7e6, 3, 1e12, 1);
    const ratios = fc.constantFrom(7, 1000);
    const property = fc.asyncProperty(stacks([SMALL, SMALL]), scales, ratios, async (list, scale, ratio) => {
      const profile = asTree(list);
      profile.metrics[0] = { name: 'time', unit: 'seconds' };
      profile.metrics[1] = { name: 'ratio', unit: '' };
      const { self, total } = profile.nodes;
      for (const columns of [self, total]) {
        columns[0] = (columns[0] as Float64Array).map((v) => v / scale);
        columns[1] = (columns[1] as Float64Array).map((v) => v / ratio);
      }
      const { nodes, frames, functions } = coarsen(profile, { by: 'function' });
      const file = await reread(profile);
      for (const [m, unit] of [1e9, 1].entries()) {
        assert.equal(file.sum[m], BigInt(Math.round(Number(sumOf(nodes.self[m]!)) * unit)));
        for (let n = 0; n < nodes.length; n++) {
          const func = frames.func[nodes.frame[n]!]!;
          const found = [...file.functions.values()].find(
            (one) =>
              one.name.replace(/ .*/, '') === functions.name[func] && one.file === functions.file[func],
          )!;
          const [shownSelf, shownTotal] = [found.self[m]!, found.inclusive[m]!];
          assert.ok(isNext(shownSelf, Number(nodes.self[m]![n]) * unit));
          assert.ok(isNext(shownTotal, Number(nodes.total[m]![n]) * unit));
          assert.ok(shownSelf <= shownTotal && shownTotal <= file.sum[m]!);
          if (nodes.self[m]![n] === nodes.total[m]![n]) assert.equal(shownSelf, shownTotal);
        }
      }
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

/** Whether a whole number is one of the two around the exact value; sums of doubles have some slack. */
function isNext(whole: bigint, exact: number): boolean {
  return Math.abs(Number(whole) - exact) < 1 + 1e-12 * exact;
}

describe('a call graph written as callgrind', () => {
  test('keeps arcs, counts and call sites as its source states them', async () => {
    const profile = graph(
      [
        { name: 'main', file: '/src/main.c', line: 3, self: 10, total: 100 },
        { name: 'work', file: '/src/work.c', line: 7, self: 90 },
      ],
      [
        [0, 1, 90, 4],
        [1, 1, 45, 2],
        [1, 0, 0, 0],
      ],
    );
    profile.arcs!.line[0] = 5;
    const { calls, functions, header } = await reread(profile, { packages: false });
    const [main, work] = ['mainmain.c', 'workwork.c'];
    assert.deepEqual([...functions.keys()], [main, work]);
    assert.deepEqual(calls, [
      { caller: main, callee: work, calls: 4, targetLine: 7, site: '/src/main.c:5', costs: [90n] },
      { caller: work, callee: work, calls: 2, targetLine: 7, site: '/src/work.c:7', costs: [45n] },
      { caller: work, callee: main, calls: 1, targetLine: 3, site: '/src/work.c:7', costs: [0n] },
    ]);
    assert.equal(header.get('desc'), undefined);
  });

  test('keeps lines of other files apart from those of the function', async () => {
    const builder = new ProfileBuilder([{ name: 'Ir', unit: 'count' }]);
    const frame = builder.addFrame(builder.addFunction('main', { file: 'main.c', line: 3 }));
    const inlined = builder.fileIndex('inline.h');
    const own = builder.fileIndex('main.c');
    const nodes = { frame: Int32Array.of(frame), self: [Float64Array.of(21)], total: [Float64Array.of(21)] };
    const arcs = {
      length: 1,
      caller: Int32Array.of(0),
      callee: Int32Array.of(0),
      line: Int32Array.of(8),
      file: Int32Array.of(inlined),
      calls: Float64Array.of(1),
      total: [Float64Array.of(0)],
    };
    const lines = {
      length: 5,
      node: new Int32Array(5),
      line: Int32Array.of(9, 4, 0, 3, 9),
      file: Int32Array.of(inlined, own, 0, 0, inlined),
      values: [Float64Array.of(1, 2, 4, 8, 6)],
    };
    const file = await reread(builder.graph(nodes, arcs, { lines }), { packages: false });
    const { lines: found } = file.functions.get('mainmain.c')!;
    assert.deepEqual(
      [...found],
      [
        ['main.c:3', [12n]],
        ['main.c:4', [2n]],
        ['inline.h:9', [7n]],
      ],
    );
    assert.equal(file.calls[0]!.site, 'inline.h:8');
  });

  test('says in a note that counts are not known', async () => {
    const { calls, header } = await reread(graph([{ name: 'a' }, { name: 'b' }], [[0, 1, 1]]));
    assert.equal(calls[0]!.calls, 1);
    assert.deepEqual(header.get('desc'), ['Calls: where the count is not known, 1 is written']);
  });

  test('has functions that nobody calls and that cost nothing', async () => {
    const { functions } = await reread(graph([{ name: 'idle', self: 0 }]));
    assert.deepEqual(
      [...functions.values()].map(({ name, self }) => [name, self]),
      [['idle', [0n]]],
    );
  });

  test('calls everything from (root) where that is asked for', async () => {
    const profile = () =>
      graph(
        [
          { name: 'a', total: 7 },
          { name: 'b', total: 4 },
        ],
        [[0, 1, 3]],
      );
    const shown = async (when: string) => {
      const { functions } = await reread(profile(), { root: when });
      return [...functions.values()].map(({ name, inclusive }) => `${name} ${inclusive}`);
    };
    assert.deepEqual(await shown('always'), ['(root) 8', 'a 7', 'b 4']);
    assert.deepEqual(await shown('auto'), ['a 4', 'b 3']);
    const lone: Stack[] = [{ places: [{ func: 0, line: 1 }], values: [5n] }];
    assert.deepEqual(
      [...(await reread(asStacks(lone), { root: 'never' })).functions.keys()],
      ['f0file0lib0'],
    );
  });

  test('does not call a (root) from another', async () => {
    const builder = new ProfileBuilder([{ name: 'cost', unit: 'count' }]);
    const [top, leaf] = ['(root)', 'leaf'].map((name) => builder.frame(builder.function(name)));
    const tree = {
      frame: Int32Array.of(top!, leaf!),
      parent: Int32Array.of(-1, 0),
      self: [Float64Array.of(0, 4)],
    };
    const profile = builder.tree(tree);
    assert.deepEqual([...(await reread(profile)).functions.keys()], ['(root)', 'leaf']);
    const twice = await reread(profile, { root: 'always' });
    assert.deepEqual([...twice.functions.keys()], ['(root)', '(root) (2)', 'leaf']);
  });

  test('keeps what the whole was before nodes were cut', async () => {
    const options = { transforms: { nodeThres: 50 } };
    const profile = graph([
      { name: 'small', self: 1 },
      { name: 'great', self: 9 },
    ]);
    const file = readCallgrind((await convert(profile, 'callgrind', options)).toString());
    assert.deepEqual(file.header.get('summary'), ['10']);
    assert.deepEqual(file.sum, [9n]);
  });
});

describe('callgrind costs', () => {
  const one = (self: number, unit: string) => graph([{ name: 'f', self }], [], { name: 'cost', unit });

  test('in units of time are nanoseconds, or a coarser unit where those are too many', async () => {
    const shown = async (self: number, unit: string) => {
      const { sum, header } = await reread(one(self, unit));
      return [sum[0], header.get('event')![0]!.replace(/.*\(/, '(')];
    };
    assert.deepEqual(await shown(5, 'milliseconds'), [5_000_000n, '(nanoseconds)']);
    assert.deepEqual(await shown(1.5, 'us'), [1500n, '(nanoseconds)']);
    assert.deepEqual(await shown(9e9, 'seconds'), [9_000_000_000_000_000_000n, '(nanoseconds)']);
    assert.deepEqual(await shown(1e12, 'seconds'), [1_000_000_000_000_000_000n, '(microseconds)']);
    assert.deepEqual(await shown(1e9 + 0.5, 'seconds'), [1_000_000_000_500_000n, '(microseconds)']);
    assert.deepEqual(await shown(2, 'hours'), [7_200_000_000_000n, '(nanoseconds)']);
    assert.equal(await losses(one(1.5, 'us')), '');
  });

  test('of a function are rounded to no more than its total', async () => {
    const functions = [
      { name: 'a', self: 0.3, total: 0.45 },
      { name: 'b', self: 0.15 },
      { name: 'c', self: 0.1 },
    ];
    const file = await reread(graph(functions, [[0, 1, 0.15]]), { root: 'always' });
    const shown = [...file.functions.values()].map(
      ({ name, self, inclusive }) => `${name} ${self} ${inclusive}`,
    );
    assert.deepEqual(shown, ['(root) 0 1', 'a 1 1', 'b 0 0', 'c 0 0']);
  });

  test('that cannot be carried are told of', async () => {
    assert.ok((await losses(one(1.5, 'count'))).includes('warning callgrind/fractions: '));
    assert.ok((await losses(one(-5, 'count'))).includes('warning callgrind/negative-costs: '));
    assert.deepEqual((await reread(one(-5, 'count'))).sum, [0n]);
    assert.ok((await losses(one(1e30, 'count'))).includes('warning callgrind/large-costs: '));
    assert.ok((await reread(one(1e30, 'count'))).sum[0]! < 2n ** 63n);
  });

  test('of functions without calls are self costs, unless (root) calls them', async () => {
    const flat = () => {
      const builder = new ProfileBuilder([{ name: 'cost', unit: 'count' }]);
      const frame = Int32Array.of(builder.frame(builder.function('f')));
      return builder.flat({ frame, self: [Float64Array.of(2)], total: [Float64Array.of(5)] });
    };
    assert.ok((await losses(flat())).includes('warning callgrind/totals: '));
    assert.equal(await losses(flat(), { root: 'always' }), '');
    assert.deepEqual((await reread(flat(), { root: 'always' })).functions.get('f')!.inclusive, [5n]);
  });
});

/** Values by `file:function`: the place that is added to names that are not unique is taken off again. */
type Listing = Map<string, number[]>;

function enlist(listing: Listing, name: string, value: number): void {
  const plain = name.replace(/ \S+\.\w+(:\d+)*( \(\d+\))?$/, '');
  if (value !== 0)
    listing.set(
      plain,
      [...(listing.get(plain) ?? []), value].sort((a, b) => a - b),
    );
}

/** What callgrind_annotate lists of the first event. */
function annotated(path: string, inclusive: 'yes' | 'no'): Listing {
  const listing: Listing = new Map();
  const options = ['--threshold=100', '--auto=no', '--show-percs=no', `--inclusive=${inclusive}`, path];
  const output = execFileSync('callgrind_annotate', options, { cwd: dirname(path), encoding: 'utf8' });
  const rows = output
    .slice(output.indexOf('file:function'))
    .matchAll(/^ *([\d,]+) .*?(\S+:.*?)( \[.*\])?$/gm);
  for (const [, value, name] of rows) enlist(listing, name!, Number(value!.replaceAll(',', '')));
  listing.delete('???:(root)');
  return listing;
}

/** What the profile says of the first metric, in nanoseconds if it is a time. */
function expected({ nodes, frames, functions, metrics }: Profile, what: 'self' | 'total'): Listing {
  const listing: Listing = new Map();
  const scale = Math.round((secondsPerUnit(metrics[0]!) ?? 1e-9) * 1e9);
  for (let n = 0; n < nodes.length; n++) {
    const func = frames.func[nodes.frame[n]!]!;
    const file = functions.file[func]!.replace(/^file:\/\//, '') || '???';
    enlist(listing, `${file}:${functions.name[func]}`, Number(nodes[what][0]![n]) * scale);
  }
  return listing;
}

/** Both list the same, and each number is one of the two around the exact one. */
function assertRounded(listing: Listing, exact: Listing): void {
  // What costs nothing is listed or not.
  for (const list of [listing, exact])
    for (const [name, values] of list) if (values.every((value) => value === 0)) list.delete(name);
  assert.deepEqual([...listing.keys()].sort(), [...exact.keys()].sort());
  for (const [name, values] of exact) {
    const shown = listing.get(name)!;
    assert.equal(shown.length, values.length, name);
    for (const [i, value] of values.entries())
      assert.ok(Math.abs(shown[i]! - value) < 1, `${name}: ${shown[i]}, not ${value}`);
  }
}

describe('callgrind_annotate', { skip: needs('callgrind_annotate') }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'prof2dot-'));
  after(() => rmSync(directory, { recursive: true }));

  const real =
    /^cpuprofile\/(anonymous|basic|recursion|several|ticks|urls)$|^pprof\/(go|node)|^pstats\/(cprofile|profile|pypy)$/;
  for (const { name, input } of cases().filter(({ name }) => real.test(name))) {
    test(`shows the self and total of each function of ${name}`, async () => {
      const path = join(directory, 'profile');
      const profile = await readProfile(input);
      writeFileSync(path, await convert(profile, 'callgrind'));
      const graph = coarsen(profile, { by: 'function' });
      assertRounded(annotated(path, 'no'), expected(graph, 'self'));
      assertRounded(annotated(path, 'yes'), expected(graph, 'total'));
    });
  }
});
