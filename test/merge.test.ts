/** Sums of profiles: the laws of addition, and what becomes of names, labels, units and what is unknown. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { checkProfile } from '../src/check.ts';
import { sumOf } from '../src/columns.ts';
import { Combination } from '../src/combine.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { difference } from '../src/difference.ts';
import type { Column, Label, Metric, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { merge } from '../src/transforms/merge.ts';
import { profiles } from './profiles.ts';
import { asStacks, asTree, HUGE, SMALL, type Stack, stacks } from './stacks.ts';
import { convert, dump, failure, printed, readProfile } from './support.ts';

const anyStacks = fc.oneof(stacks([SMALL]), stacks([SMALL, SMALL]), stacks([HUGE]), stacks([SMALL, HUGE]));

/** Stacks in a few parts, none of them empty. */
const parts = fc.tuple(anyStacks, fc.array(fc.nat(), { minLength: 1, maxLength: 3 })).map(([list, cuts]) => {
  const at = [...new Set([0, ...cuts.map((cut) => cut % list.length)])].sort((a, b) => a - b);
  return { list, parts: at.map((from, i) => list.slice(from, at[i + 1])) };
});

/** The text of a profile, but for the order of its mappings; samples say how it was given, not what it is. */
function text(profile: Profile): string {
  const whole = dump({ ...profile, nodes: profile.nodes, samples: undefined } as unknown as Profile);
  return whole.replace(/^mappings:.*\n( {2}.*\n)*/m, (rows) => rows.split('\n').sort().join('\n'));
}

function withLines(list: Stack[]): Profile {
  return coarsen(asTree(list), { lines: true, arcTotals: 'outermost', arcSelf: true });
}

describe('the sum of parts is the whole', () => {
  for (const [form, make] of [
    ['lists of stacks', asStacks],
    ['trees', asTree],
    ['call graphs with lines', withLines],
  ] as const) {
    test(form, () => {
      fc.assert(
        fc.property(parts, ({ list, parts }) => {
          const sum = merge(parts.map(make));
          assert.deepEqual(checkProfile(sum), []);
          assert.equal(text(sum), text(make(list)));
        }),
      );
    });
  }
});

test('the order of profiles, and in which they are added, makes no difference', () => {
  fc.assert(
    fc.property(anyStacks, anyStacks, anyStacks, (a, b, c) => {
      fc.pre(a[0]!.values.length === b[0]!.values.length && b[0]!.values.length === c[0]!.values.length);
      const [x, y, z] = [asTree(a), asStacks(b), asTree(c)];
      const sum = text(merge([x, y, z]));
      assert.equal(text(merge([z, x, y])), sum);
      assert.equal(text(merge([merge([x, y]), z])), sum);
      assert.equal(text(merge([x, merge([y, z])])), sum);
    }),
  );
});

test('a profile of any kind, added to itself, keeps the laws and doubles', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const names = new Set(profile.metrics.map(({ name }) => name));
      fc.pre(names.size === profile.metrics.length);
      const functions = profile.nodes.frame.map((frame) => profile.frames.func[frame]!);
      fc.pre(profile.callers === 'all' || new Set(functions).size === functions.length);
      const sum = merge([profile, profile]);
      assert.deepEqual(checkProfile(sum), checkProfile(profile));
      for (const [m, column] of profile.nodes.self.entries()) {
        const [one, two] = [sumOf(column), sumOf(sum.nodes.self[m]!)];
        if (Array.from<number | bigint>(column).every((v) => typeof v === 'bigint' || Number.isInteger(v)))
          assert.equal(BigInt(two), 2n * BigInt(one));
        else assert.ok(Math.abs(Number(two) - 2 * Number(one)) <= 1e-9 * Math.abs(Number(one)));
      }
      assert.equal(sum.estimated, profile.estimated);
    }),
  );
});

const readFolded = (lines: string) => readProfile(Buffer.from(lines), { format: 'folded' });

/** A flat profile of one function. */
function flat(metric: Metric, value: number | bigint, calls?: number): Profile {
  const builder = new ProfileBuilder([metric]);
  const frame = Int32Array.of(builder.addFrame(builder.addFunction('main')));
  if (calls !== undefined) builder.addCalls(0, calls);
  const column = (): Column => (typeof value === 'bigint' ? BigInt64Array.of(value) : Float64Array.of(value));
  return builder.flat({ frame, self: [column()], total: [column()] });
}

/** A flat profile of one function with several metrics that are counts. */
function counted(names: string[], values: number[]): Profile {
  const builder = new ProfileBuilder(names.map((name) => ({ name, unit: 'count' })));
  const frame = Int32Array.of(builder.addFrame(builder.addFunction('main')));
  const columns = () => values.map((value) => Float64Array.of(value));
  return builder.flat({ frame, self: columns(), total: columns() });
}

describe('metrics', () => {
  test('of one name are brought to the finest unit', () => {
    const time = (unit: string, value: number) => flat({ name: 'time', unit }, value);
    const { metrics, nodes } = merge([time('microseconds', 3), time('ns', 7), time('seconds', 2)]);
    assert.equal(metrics[0]!.unit, 'ns');
    assert.deepEqual(nodes.self, [Float64Array.of(2_000_003_007)]);
  });
  test('that are called alike go together in their order', () => {
    const sum = merge([
      counted(['cpu', 'cpu', 'a'], [1, 10, 100]),
      counted(['cpu', 'b', 'cpu'], [2, 200, 20]),
    ]);
    assert.deepEqual(sum.nodes.self, [Float64Array.of(3), Float64Array.of(30)]);
  });
  test('of other names go together if each profile shows one of a kind', () => {
    const { metrics, nodes } = merge([
      flat({ name: 'cpu', unit: 'nanoseconds' }, 500),
      flat({ name: 'time', unit: 'microseconds' }, 1),
    ]);
    assert.deepEqual(metrics, [{ name: 'cpu', unit: 'nanoseconds' }]);
    assert.deepEqual(nodes.total, [Float64Array.of(1500)]);
  });
  test('stay exact beyond 2^53', () => {
    const big = (value: number | bigint) => flat({ name: 'bytes', unit: 'bytes' }, value);
    assert.deepEqual(merge([big(2 ** 53), big(1)]).nodes.self, [BigInt64Array.of(2n ** 53n + 1n)]);
    assert.deepEqual(merge([big(2n ** 60n + 1n), big(1)]).nodes.self, [BigInt64Array.of(2n ** 60n + 2n)]);
  });
  test('of more than 64 bits are rounded, which is told', () => {
    const told = (...values: bigint[]) => {
      const diagnostics = new Diagnostics();
      const sum = new Combination(diagnostics);
      for (const value of values) sum.add(flat({ name: 'bytes', unit: 'bytes' }, value));
      sum.finish();
      return diagnostics.list().map(({ code }) => code);
    };
    assert.deepEqual(told(2n ** 62n + 1n, 2n ** 61n), []);
    assert.deepEqual(told(2n ** 62n + 1n, 2n ** 62n), ['merge/rounded']);
    assert.deepEqual(told(1n, 2n), []);
  });
  test('stay exact where the whole is more than what is left of it', () => {
    const cut = {
      ...flat({ name: 'bytes', unit: 'bytes' }, 1),
      whole: { sum: [2n ** 53n + 2n], maxSelf: [1] },
    };
    assert.deepEqual(merge([cut, cut, cut]).whole!.sum, [3n * (2n ** 53n + 2n)]);
    const fractions = { ...cut, whole: { sum: [0.5], maxSelf: [1] } };
    assert.deepEqual(merge([fractions, cut]).whole!.sum, [2 ** 53 + 2]);
  });
  test('that some profiles lack are left out, and told of', () => {
    const both = counted(['a', 'b'], [1, 2]);
    const diagnostics = new Diagnostics();
    const sum = new Combination(diagnostics);
    for (const profile of [flat({ name: 'b', unit: 'count' }, 5), both]) sum.add(profile);
    assert.deepEqual(sum.finish().nodes.self, [Float64Array.of(7)]);
    assert.equal(
      printed(diagnostics),
      'prof2dot: warning merge/metric-missing: a is left out, since not all inputs have it\n',
    );
  });
  test('that measure different things cannot be added', async () => {
    const work = Promise.resolve().then(() =>
      merge([flat({ name: 'a', unit: 'bytes' }, 1), flat({ name: 'b', unit: 'ms' }, 1)]),
    );
    assert.match(await failure(work), /^prof2dot: error merge\/no-common-metric/);
  });
});

test('calls that one profile did not count are unknown in the sum', () => {
  const metric = { name: 'time', unit: 'ns' };
  assert.deepEqual(merge([flat(metric, 1, 3), flat(metric, 1, 4)]).functions.calls, Float64Array.of(7));
  const partly = merge([flat(metric, 1, 3), flat(metric, 1)]).functions.calls;
  assert.ok(Number.isNaN(partly?.[0] ?? Number.NaN));
});

test('labels are those of the samples and those of their profile', async () => {
  const own = await readFolded('main;a 1\nmain 2\n');
  const set = (value: string): Label[] => [{ key: 'source', value }];
  const once = merge([own, own], { labels: [set('x'), set('y')] });
  const twice = merge([once, own], { labels: [[{ key: 'run', value: 1 }], set('z')] });
  const rows = Array.from(twice.samples!.node, (node, i) => {
    const labels = twice.labelSets[twice.samples!.labels![i]!]!.map(({ key, value }) => `${key}=${value}`);
    return `${twice.functions.name[twice.frames.func[twice.nodes.frame[node]!]!]} ${labels.join(' ')} ${twice.samples!.values[0]![i]}`;
  });
  assert.deepEqual(rows, [
    'main source=x run=1 2',
    'a source=x run=1 1',
    'main source=y run=1 2',
    'a source=y run=1 1',
    'main source=z 2',
    'a source=z 1',
  ]);
  assert.deepEqual(checkProfile(twice), []);
});

test('a thread of callgrind that calls nothing leaves the calls of others as they are', async () => {
  const head = (creator: string) => `version: 1\ncreator: ${creator}\nevents: Ir\nfl=a.c\n`;
  const caller = `${head('callgrind-3.19.0')}fn=main\n1 10\ncfn=work\ncalls=3 5\n2 20\nfn=work\n5 20\ntotals: 30\n`;
  const silent = (creator: string) => `${head(creator)}fn=work\n5 7\ntotals: 7\n`;
  const sum = async (...texts: string[]) => {
    const diagnostics = new Diagnostics();
    const all = new Combination(diagnostics);
    for (const text of texts) all.add(await readProfile(Buffer.from(text), { diagnostics }));
    return { ...all.finish(), told: diagnostics.list().map(({ code }) => code) };
  };
  const { arcs, functions, told } = await sum(caller, silent('callgrind-3.19.0'));
  assert.deepEqual([[...arcs!.calls], [...arcs!.total[0]!], [...functions.calls!]], [[3], [20], [0, 3]]);
  assert.deepEqual(told, []);
  // Other tools may know none.
  assert.deepEqual((await sum(caller, silent('other'))).told, ['merge/lower-rung']);
});

describe('lines at which calls were seen to enter a function', () => {
  const file = (text: string) => readProfile(Buffer.from(`events: Ir\n${text}`));
  const main = 'fl=a.c\nfn=main\n1 10\ncfn=work\ncalls=1 5\n2 20\nfn=work\n5 20\n';
  const unentered = 'fl=a.c\nfn=work\n6 30\ncfn=leaf\ncalls=2 9\n7 4\nfn=leaf\n9 4\n';
  const other = 'fl=a.c\nfn=other\n1 1\ncfn=work\ncalls=1 4\n2 7\nfn=work\n5 7\nfl=b.c\nfn=work\n1 3\n';
  const rows = ({ functions, nodes, frames }: Profile) =>
    Array.from(nodes.frame, (frame, n) => {
      const f = frames.func[frame]!;
      return `${functions.name[f]} ${functions.file[f]}:${functions.line[f]} ${nodes.self[0]![n]}`;
    }).sort();
  const asJson = async (profile: Profile) => readProfile(await convert(profile, 'json'));
  const expected = ['leaf a.c:9 4', 'main a.c:0 10', 'other a.c:0 1', 'work a.c:4 57', 'work b.c:0 3'];

  test('do not tell it apart, in whatever order and steps files are added up', async () => {
    const whole = await file([main, unentered, other].join('part: 2\n'));
    assert.deepEqual(rows(whole), expected);
    const [a, b, c] = (await Promise.all([main, unentered, other].map(file))) as [Profile, Profile, Profile];
    for (const sum of [
      merge([a, b, c]),
      merge([c, b, a]),
      merge([merge([a, b]), c]),
      merge([b, merge([c, a])]),
      merge([await asJson(a), await asJson(merge([c, b]))]),
    ]) {
      assert.deepEqual(rows(sum), expected);
      assert.deepEqual(checkProfile(sum), []);
      assert.equal(sum.arcs!.length, 3);
    }
  });
  test('do not tell it apart where a base is taken off', async () => {
    const base = { profile: await file(main), shareOf: 'change' } as const;
    const change = difference(await file(other), base, new Diagnostics());
    assert.deepEqual(rows(change), ['main a.c:0 -10', 'other a.c:0 1', 'work a.c:4 -13', 'work b.c:0 3']);
  });
  test('tell it apart in formats that know where functions begin', async () => {
    const lambda = (line: number) => {
      const builder = new ProfileBuilder([{ name: 'time', unit: 'ns' }]);
      const frame = Int32Array.of(builder.addFrame(builder.addFunction('=>', { file: 'a.js', line })));
      return builder.flat({ frame, self: [Float64Array.of(1)], total: [Float64Array.of(1)] });
    };
    assert.deepEqual(rows(merge([lambda(1), lambda(2), lambda(1)])), ['=> a.js:1 2', '=> a.js:2 1']);
    // Yappi writes the line into the name of the function.
    const yappi = (line: number) => file(`creator: yappi\nfl=/a.py\nfn=f /a.py:${line}\n${line} 1\n`);
    assert.deepEqual(rows(merge([await yappi(1), await yappi(2)])), ['f /a.py:1 1', 'f /a.py:2 1']);
  });
});

describe('profiles of several rungs', () => {
  const cyclic = 'events: samples\nfn=main\n1 2\ncfn=b\ncalls=1 1\n1 4\nfn=b\n1 4\n';
  test('are added up on the lowest', async () => {
    const diagnostics = new Diagnostics();
    const sum = new Combination(diagnostics);
    for (const input of ['main;a 1\nmain 2\n', cyclic]) sum.add(await readProfile(Buffer.from(input)));
    const merged = sum.finish();
    assert.equal(merged.callers, 'direct');
    assert.deepEqual(checkProfile(merged), []);
    assert.equal(sumOf(merged.nodes.self[0]!), 9);
    assert.equal(
      printed(diagnostics),
      'prof2dot: warning merge/lower-rung: stacks are left out, since not all inputs have them\n',
    );
  });
  test('a hundred of them in batches', async () => {
    const sum = new Combination(new Diagnostics());
    for (let i = 0; i < 100; i++)
      sum.add(await readFolded(`main;f${i % 7} ${i}\n`), [{ key: 'run', value: i }]);
    const merged = sum.finish();
    assert.equal(merged.nodes.length, 8);
    assert.equal(sumOf(merged.nodes.self[0]!), 4950);
    assert.equal(merged.samples!.length, 99);
    assert.deepEqual(checkProfile(merged), []);
  });
});
