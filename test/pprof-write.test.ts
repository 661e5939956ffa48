/** What the emitter of pprof writes: what was read and nothing else, foreign profiles in whole numbers, and for Go. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { integers } from '../converters/exchange/integers.ts';
import { ProtobufWriter } from '../converters/exchange/protobuf/writer.ts';
import { ProfileBuilder } from '../src/builder.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { ProtobufReader } from '../src/input/protobuf.ts';
import type { Label, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { cases } from './cases.ts';
import { PprofFile, type TestLabel } from './pprof-file.ts';
import { dice, plain } from './profiles.ts';
import { Message } from './protobuf-encoder.ts';
import { assertTold, convert, needs, printed, readProfile, root } from './support.ts';

const bare = { pprof: { gzip: false } };
const pprof = (bytes: Uint8Array, allFrames = false): Promise<Profile> =>
  readProfile(bytes, { format: 'pprof', options: { pprof: { allFrames } } });

/** Profiles with all that the format knows, and much that nothing refers to. */
const files = fc.record({ seed: fc.integer({ min: 1, max: 2 ** 31 }), sparse: fc.boolean() }).map(randomFile);

function randomFile({ seed, sparse }: { seed: number; sparse: boolean }): Uint8Array {
  const roll = dice(seed);
  const some = <T>(list: readonly T[]): T => list[roll(list.length)]!;
  const file = new PprofFile();
  const types = 1 + roll(3);
  for (let m = 0; m < types; m++) file.type(`m${m}`, some(['count', 'nanoseconds', '']));
  const ids = (count: number) =>
    Array.from({ length: count }, (_, i) => (sparse ? 2n ** 64n - 1n - BigInt(i * i) : BigInt(i + 1)));
  const mappings = ids(roll(3));
  for (const id of mappings) {
    const name = some(['/bin/app', '/lib/libc.so', '']);
    file.mapping(id, name, { start: 2n ** 63n, limit: 2n ** 64n - 1n, build: some(['', 'ab12']) });
  }
  const functions = ids(1 + roll(5));
  for (const [i, id] of functions.entries()) {
    const name = some([`f${i}`, 'malloc', '']);
    file.function(id, name, { system: some([name, '', `_s${i}`]), file: some(['', 'a.c']), line: i + 1 });
  }
  const locations = ids(1 + roll(6));
  for (const id of locations) {
    const lines = Array.from({ length: roll(4) }, () => {
      const column = roll(9);
      const packed = roll(3) === 0 && column > 0;
      return {
        function: some(functions),
        line: packed ? (BigInt(column) << 32n) + 7n : roll(90),
        ...(!packed && { column }),
      };
    });
    file.location(id, lines, {
      ...(mappings.length > 0 && roll(3) > 0 && { mapping: some(mappings) }),
      address: some([0n, 4096n, 2n ** 63n + 5n]),
      ...(roll(4) === 0 && { folded: true }),
    });
  }
  const labels: TestLabel[] = [
    { key: 'thread', text: 'main' },
    { key: 'thread', number: 0 },
    { key: 'size', number: 2n ** 62n, unit: 'bytes' },
    { key: 'size', number: -5 },
  ];
  for (let i = roll(9); i > 0; i--) {
    file.sample({
      stack: Array.from({ length: roll(7) }, () => some(locations)),
      values: Array.from({ length: types }, () => some([0, 1, -3, 2n ** 53n + 1n, -(2n ** 59n)])),
      labels: labels.filter(() => roll(3) === 0),
    });
  }
  for (const comment of ['', 'made by hand', '#hidden'].slice(roll(4))) {
    file.add(13, new Message().varint(file.string(comment)));
  }
  if (roll(2)) file.add(11, file.valueType(some(['cpu', '']), 'nanoseconds'));
  return file.bytes({
    ...(roll(2) && { 7: file.string('malloc'), 8: file.string(some(['', 'f1'])) }),
    ...(roll(2) && { 9: 1_700_000_000_123_456_789n }),
    ...(roll(2) && { 10: some([-1n, 2n ** 53n + 1n]) }),
    ...(roll(2) && { 12: some([1, 2n ** 60n + 1n]) }),
    ...(roll(2) && { 14: file.string(some(['m0', 'unknown'])) }),
    ...(roll(2) && { 15: file.string('https://example.org/') }),
  });
}

describe('what was read', () => {
  test('is written again, whole', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (bytes) => {
        const again = await convert(await pprof(bytes), 'pprof', { options: bare });
        for (const allFrames of [false, true])
          assert.deepEqual(plain(await pprof(again, allFrames)), plain(await pprof(bytes, allFrames)));
      }),
    );
  });
  test('is written again, whole, by way of JSON', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (bytes) => {
        const direct = await convert(await pprof(bytes), 'pprof', { options: bare });
        const json = await convert(await pprof(bytes), 'json');
        const again = await convert(await readProfile(json, { format: 'json' }), 'pprof', { options: bare });
        assert.deepEqual(again, direct);
      }),
      { numRuns: 50 },
    );
  });
  test('is written without what a change of the profile has left behind', async () => {
    const file = new PprofFile().type('samples', 'count').functions('main', 'work', 'idle');
    file.sample({ stack: [2, 1], values: [3] }).sample({ stack: [3, 1], values: [4] });
    const transforms = { focus: 'work' };
    const bytes = await convert(await pprof(file.bytes()), 'pprof', { options: bare, transforms });
    const { functions, stackValues } = await pprof(bytes);
    assert.deepEqual(functions.name, ['main', 'work']);
    assert.deepEqual(stackValues, [Float64Array.of(3)]);
  });
  test('is not taken at its word where a profile was edited', async () => {
    const profile = await pprof(randomFile({ seed: 5, sparse: true }));
    const expected = await convert(profile, 'pprof', { options: bare });
    const { tables, ...rest } = profile.meta.raw!['pprof'] as Record<string, object>;
    for (const wrong of [
      { functions: [1e9] },
      { functionRows: 1e9 },
      { locationRows: 1e9, lines: undefined, frames: undefined },
      { frames: [5e8] },
      { locationIds: [0] },
      { mappingFlags: [1, 2, 3, 4, 5, 6, 7] },
      { namedByImage: [1e9, 1] },
      { lines: 'x' },
    ]) {
      profile.meta.raw = { pprof: { ...rest, tables: { ...tables, ...wrong } } };
      const bytes = await convert(profile, 'pprof', { options: bare });
      assert.notDeepEqual(bytes, expected);
      await pprof(bytes);
    }
  });
  test('comes out as the same bytes, packed too', async () => {
    const profile = await readProfile('fixtures/pprof/go-cpu/input.pb.gz');
    const packed = await convert(profile, 'pprof');
    assert.deepEqual([...packed.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, packed[8], 0xff]);
    assert.deepEqual(gunzipSync(packed), await convert(profile, 'pprof', { options: bare }));
    assert.deepEqual(packed, await convert(profile, 'pprof'));
  });
});

describe('numbers', () => {
  test('are written as the reader has them', () => {
    const numbers = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    );
    fc.assert(
      fc.property(numbers, (number) => {
        const writer = new ProtobufWriter();
        writer.varint(number);
        assert.deepEqual([...writer.written()], new Message().varint(number).bytes);
        const reader = new ProtobufReader(writer.written(), (code) => assert.fail(code));
        reader.varint();
        assert.equal(reader.exact(), BigInt(number));
      }),
    );
  });
  test('of fractions add up to what they did', () => {
    const columns = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(columns, fc.constantFrom('count', 'seconds', 'kilobytes'), (values, unit) => {
        const { metric, column, cut } = integers(Float64Array.from(values), { name: 'x', unit });
        const factor = { nanoseconds: 1e9, bytes: 1024, count: 1 }[metric.unit] ?? 1;
        let sum = 0;
        for (const [i, value] of column.entries()) {
          sum += Number(value) - values[i]! * factor;
          assert.ok(Number.isInteger(value) && Math.abs(Number(value) - values[i]! * factor) < 1.001);
        }
        assert.ok(!cut && Math.abs(sum) <= 0.501, `${sum}`);
      }),
    );
  });
  test('of decimal fractions are exact in a finer unit', () => {
    const { column, metric, rounded } = integers(Float64Array.of(0.1, 0.007, 12.345678901), {
      name: 'time',
      unit: 's',
    });
    assert.deepEqual([...column], [100_000_000, 7_000_000, 12_345_678_901]);
    assert.deepEqual([metric.unit, rounded], ['nanoseconds', false]);
  });
});

/** A profile of one stack for each set of labels, of the values 1, 2, …; each stands twice, at two times. */
function labelled(sets: Label[][], unit = 'count'): Profile {
  const builder = new ProfileBuilder([{ name: 'x', unit }]);
  const frame = builder.frame(builder.function('main'));
  const length = sets.length * 2;
  const stacks = {
    length,
    start: Uint32Array.from({ length: length + 1 }, (_, i) => i),
    frame: new Int32Array(length).fill(frame),
  };
  const labels = Int32Array.from({ length }, (_, i) => builder.labels(sets[i % sets.length]!));
  const values = Float64Array.from({ length }, (_, i) => (i % sets.length) + 1);
  return builder.stacks(stacks, [values], { labels, time: Float64Array.from(values.keys()) });
}

describe('foreign profiles', () => {
  test('keep their labels, and say which they cannot', async () => {
    const diagnostics = new Diagnostics();
    const sets: Label[][] = [
      [{ key: 'thread', value: 'main' }],
      [{ key: 'thread id', value: 7n }],
      [{ key: 'size', value: 2 ** 20, unit: 'bytes' }],
      [{ key: 'ratio', value: 0.5, unit: 'parts' }],
      [{ key: 'big', value: 2n ** 63n }],
      [{ key: 'none', value: '' }],
      [{ key: 'odd', value: 'a', unit: 'bytes' }],
    ];
    const back = await pprof(await convert(labelled(sets), 'pprof', { options: bare, diagnostics }));
    assert.deepEqual(back.labelSets.slice(0, 5), [
      [{ key: 'thread', value: 'main' }],
      [{ key: 'thread id', value: 7 }],
      [{ key: 'size', value: 2 ** 20, unit: 'bytes' }],
      [{ key: 'ratio', value: '0.5 parts' }],
      [{ key: 'big', value: '9223372036854775808' }],
    ]);
    assert.deepEqual([...back.stackValues![0]!], [2, 4, 6, 8, 10, 12, 14]);
    const told = printed(diagnostics);
    assertTold(told, 'pprof/label-number', /ratio/);
    assertTold(told, 'pprof/empty-label', /none/);
    assertTold(told, 'pprof/label-unit', /odd/);
    assertTold(told, 'pprof/left-out', /times of samples/);
  });
  for (const to of ['pprof', 'otlp', 'speedscope']) {
    test(`of guessed stacks are a guess still when they are read again: ${to}`, async () => {
      const calls =
        'events: Ir\nfn=a\n1 1\ncfn=c\ncalls=1 1\n1 3\nfn=b\n1 1\ncfn=c\ncalls=1 1\n1 1\nfn=c\n1 4\n';
      const guess = await convert(Buffer.from(calls), to);
      const again = await readProfile(guess);
      assert.deepEqual([again.estimated, again.meta.comments], [true, undefined]);
      assert.match(String(await convert(again, 'dot')), /label="\(estimated\)"/);
      assert.deepEqual((await readProfile(await convert(again, to))).estimated, true);
      const diagnostics = new Diagnostics();
      await convert(again, 'pstats', { diagnostics });
      assertTold(printed(diagnostics), 'pstats/estimated');
      assert.equal((await readProfile(await convert(Buffer.from('a;b 1\n'), to))).estimated, false);
    });
  }
  test('say what was rounded, cut and renamed', async () => {
    const builder = new ProfileBuilder([
      { name: 'x', unit: 'count' },
      { name: 'x', unit: 'count' },
    ]);
    const frame = builder.frame(builder.function('main'));
    const nodes = { frame: Int32Array.of(frame), parent: Int32Array.of(-1) };
    const diagnostics = new Diagnostics();
    const profile = builder.tree({ ...nodes, self: [Float64Array.of(1.5), Float64Array.of(2 ** 70)] });
    const back = await pprof(await convert(profile, 'pprof', { options: bare, diagnostics }));
    assert.deepEqual(back.stackValues, [Float64Array.of(2), Float64Array.of(2 ** 63)]);
    assert.deepEqual(
      back.metrics.map(({ name }) => name),
      ['x 1', 'x 2'],
    );
    for (const code of ['pprof/rounded', 'pprof/too-large', 'pprof/metric-names'])
      assertTold(printed(diagnostics), code);
  });
  test('keep the modules of their functions', async () => {
    const builder = new ProfileBuilder([{ name: 'x', unit: 'count' }]);
    const frames = ['/lib/a.so', '/lib/b.so'].map((name) =>
      builder.frame(builder.function('init', { mapping: builder.mapping(name) })),
    );
    const nodes = { frame: Int32Array.from(frames), parent: Int32Array.of(-1, -1) };
    const profile = builder.tree({ ...nodes, self: [Float64Array.of(1, 2)] });
    for (const format of ['pprof', 'otlp']) {
      const { frames, mappings, nodes } = await readProfile(await convert(profile, format), { format });
      assert.deepEqual(
        Array.from(nodes.frame, (f) => mappings[frames.mapping[f]!]?.name),
        ['/lib/a.so', '/lib/b.so'],
      );
    }
  });
  test('have inlined functions at one location', async () => {
    const profile = await readProfile('fixtures/perf/inlined/input.perf.txt');
    const back = await pprof(await convert(profile, 'pprof'));
    const { frames, functions } = back;
    const inlined = Array.from({ length: frames.length }, (_, f) => f).filter((f) => frames.inline![f]! > 0);
    assert.deepEqual(
      inlined.map((f) => `${functions.name[frames.func[f]!]} ${frames.address![f]!.toString(16)}`),
      ['square 401160', 'squares 401164'],
    );
  });
});

/** Self and total by name, as Go prints them. */
function goTable(file: string, metric: number, unit: string): Map<string, [number, number]> {
  const flags = ['-top', '-functions', '-nodecount=100000', '-nodefraction=0', '-symbolize=none'];
  const text = execFileSync(
    'go',
    ['tool', 'pprof', ...flags, `-sample_index=${metric}`, `-unit=${unit}`, file],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const rows = text.matchAll(
    /^ *(-?[\d.]+)\S* +\S+% +\S+% +(-?[\d.]+)\S* +\S+% {2}(.*?)(?: \((?:partial-)?inline\))?$/gm,
  );
  return new Map([...rows].map(([, self, total, name]) => [name!, [Number(self), Number(total)]]));
}

describe('Go', { skip: needs('go') }, () => {
  const chosen = ['cpuprofile/', 'callgrind/c', 'pstats/c', 'speedscope/f', 'perf/e', 'folded/g'];
  const picked = chosen.flatMap((start) => cases().find((c) => c.name.startsWith(start) && !c.fails) ?? []);
  for (const { name, input, readAs, options } of picked) {
    test(`shows the self and total of ${name}`, async () => {
      const profile = await readProfile(input, { format: readAs, options });
      const bytes = await convert(profile, 'pprof');
      const back = await pprof(bytes);
      const file = join(root, '.build', 'go.pb.gz');
      mkdirSync(join(root, '.build'), { recursive: true });
      writeFileSync(file, bytes);
      const { nodes, frames, functions } = coarsen(back, { by: 'name' });
      const ours = new Map<string, [number, number]>();
      for (let n = 0; n < nodes.length; n++) {
        const row: [number, number] = [Number(nodes.self[0]![n]), Number(nodes.total[0]![n])];
        if (row[0] !== 0 || row[1] !== 0) ours.set(functions.name[frames.func[nodes.frame[n]!]!]!, row);
      }
      const sorted = (map: Map<string, [number, number]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(sorted(goTable(file, 0, back.metrics[0]!.unit)), sorted(ours));
    });
  }
});
