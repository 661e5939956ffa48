/** Random profiles of every rung with every kind of detail, and their plain form for comparison. */
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { sumOf } from '../src/columns.ts';
import type {
  ArcTable,
  Column,
  Label,
  LineTable,
  Meta,
  Metric,
  Profile,
  SampleTable,
} from '../src/profile.ts';

/** Names as they come, and names that are hard to quote. */
const text = fc.oneof(
  fc.constantFrom(
    'main',
    'a"b\\c',
    'tab\there',
    'x\0y',
    'lone \ud800',
    '\u2028 🦄',
    '<anonymous>',
    '__proto__',
  ),
  fc.string(),
);
const line = fc.constantFrom(0, 1, 7, 2 ** 31 - 1);
const address = fc.constantFrom(0n, 1n, 0x7f00_0000_1000n, 2n ** 64n - 1n);
const metric = fc.record(
  { name: text, unit: text, title: text },
  { requiredKeys: ['name', 'unit'], noNullPrototype: true },
);

/** What values of one metric are like: small integers, fractions, or beyond what a double holds. */
type Kind = 'small' | 'fraction' | 'huge';

interface Shape {
  kinds: Kind[];
  metrics: Metric[];
  callers: Profile['callers'];
  meta: Meta;
  seed: number;
  functions: number;
  nodes: number;
  mappings: number;
}

const meta: fc.Arbitrary<Meta> = fc.record(
  {
    producer: text,
    command: text,
    title: text,
    startTime: fc.constantFrom(0n, 1_700_000_000_123_456_789n),
    duration: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
    period: fc.record({ metric, value: fc.constantFrom(1, 0.5, 10_000_000) }, { noNullPrototype: true }),
    comments: fc.array(text, { maxLength: 3 }),
    raw: fc.constantFrom({}, { other: { a: [1, null, 'x', { b: true }] } }, { one: 1, two: [] }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const shapes: fc.Arbitrary<Shape> = fc
  .array(fc.tuple(metric, fc.constantFrom<Kind>('small', 'fraction', 'huge')), { minLength: 1, maxLength: 3 })
  .chain((metrics) =>
    fc.record({
      metrics: fc.constant(metrics.map(([one]) => one as Metric)),
      kinds: fc.constant(metrics.map(([, kind]) => kind)),
      callers: fc.constantFrom('all', 'direct', 'none'),
      meta,
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      functions: fc.integer({ min: 1, max: 6 }),
      nodes: fc.integer({ min: 1, max: 12 }),
      mappings: fc.integer({ min: 0, max: 3 }),
    }),
  );

/** Integers below a limit from a seed: what is chosen inside a profile need not shrink one by one. */
export function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export const profiles: fc.Arbitrary<Profile> = fc
  .tuple(
    shapes,
    fc.array(text, { minLength: 6, maxLength: 6 }),
    fc.array(line, { minLength: 6, maxLength: 6 }),
    address,
  )
  .map(([shape, texts, lines, start]) => build(shape, texts, lines, start));

function build(shape: Shape, texts: string[], places: number[], start: bigint): Profile {
  const { metrics, kinds, callers, nodes } = shape;
  const roll = dice(shape.seed);
  const some = <T>(list: T[]): T => list[roll(list.length)]!;
  const builder = new ProfileBuilder(metrics);
  builder.meta = { ...shape.meta };
  if (metrics.length > 1) builder.meta.defaultMetric = roll(metrics.length);
  for (let i = 0; i < shape.mappings; i++) {
    const buildId = roll(2) === 0 ? '' : some(texts);
    builder.mapping(`m${i}`, { start, limit: start, buildId, offset: BigInt(roll(2) * 4096) });
  }
  const counted = roll(2) === 1;
  const isolated = roll(2) === 1;
  const named = roll(2) === 1;
  for (let f = 0; f < shape.functions; f++) {
    builder.addFunction(some(texts), {
      systemName: some(['', ...texts]),
      file: some(['', ...texts]),
      line: some(places),
      column: some(places),
      mapping: roll(shape.mappings + 1) - 1,
      ...(named && { id: `id${f}` }),
      ...(isolated && { process: f === 0 ? 'p1' : some(['', 'p1']) }),
    });
    const calls = some([Number.NaN, 0, 12, 2 ** 53]);
    if (counted) builder.addCalls(f, calls, roll(2) ? undefined : calls);
  }
  const frameCount = shape.functions + roll(4);
  for (let f = 0; f < frameCount; f++) {
    builder.addFrame(f < shape.functions ? f : roll(shape.functions), {
      line: some(places),
      column: some(places),
      mapping: roll(shape.mappings + 1) - 1,
      address: some([0n, start]),
      inline: roll(2),
    });
  }
  const frame = Int32Array.from({ length: nodes }, (_, n) =>
    callers === 'all' ? roll(frameCount) : n % frameCount,
  );
  const value = (kind: Kind): number | bigint => {
    if (kind === 'huge') return BigInt(roll(2 ** 31)) * 2n ** 25n + 2n ** 53n + BigInt(roll(2));
    return kind === 'small' ? roll(1000) : roll(1000) / 7;
  };
  const self = kinds.map((kind) => column(kind, nodes, () => value(kind)));
  const details = {
    ...(roll(2) && { samples: sampleTable() }),
    ...(roll(2) && { lines: lineTable() }),
  };
  const profile = finish();
  profile.estimated = roll(2) === 1;
  return profile;

  function finish(): Profile {
    if (callers === 'all') {
      const parent = Int32Array.from({ length: nodes }, (_, n) => roll(n + 1) - 1);
      const calls = Float64Array.from({ length: nodes }, () => some([Number.NaN, 0, 3]));
      return builder.tree({ frame, parent, self, ...(roll(2) && { calls }) }, details);
    }
    const total = self.map((own, m) => {
      const sum = sumOf(own);
      return column(kinds[m]!, nodes, (n) => (roll(2) ? sum : own[n]!));
    });
    if (callers === 'none') return builder.flat({ frame, self, total }, details);
    const graph = builder.graph({ frame, self, total }, arcTable(total), details);
    if (roll(3) === 0 && !kinds.includes('huge')) {
      const shares = (length: number) =>
        metrics.map(() => Float64Array.from({ length }, () => some([Number.NaN, 0, 1 / 3])));
      graph.shares = { self: shares(nodes), total: shares(nodes), arcTotal: shares(graph.arcs!.length) };
    }
    if (roll(2)) graph.whole = { sum: self.map(twice), maxSelf: self.map((c) => c[0]!) };
    return graph;
  }

  function arcTable(total: Column[]): ArcTable {
    const length = roll(10);
    const caller = Int32Array.from({ length }, () => roll(nodes));
    const callee = Int32Array.from({ length }, () => roll(nodes));
    return {
      length,
      caller,
      callee,
      line: Int32Array.from({ length }, () => some(places)),
      ...(roll(2) && { file: Int32Array.from({ length }, () => builder.fileIndex(some(texts))) }),
      calls: Float64Array.from({ length }, () => some([Number.NaN, 0, 1, 1e15])),
      ...(roll(2) && { primitiveCalls: Float64Array.from({ length }, () => some([Number.NaN, 0, 1])) }),
      total: kinds.map((kind, m) =>
        column(kind, length, (a) => (kind !== 'huge' && roll(8) === 0 ? Number.NaN : total[m]![callee[a]!]!)),
      ),
      ...(roll(2) && { self: kinds.map((kind, m) => column(kind, length, (a) => self[m]![callee[a]!]!)) }),
      ...(roll(4) === 0 && { residual: Uint8Array.from({ length }, () => roll(2)) }),
      ...(roll(2) && { counts: some(['once', 'outermost', 'every'] as const) }),
    };
  }

  /** Two rows for each node, which add up to its self. */
  function halves(): { length: number; node: Int32Array; values: Column[] } {
    const length = nodes * 2;
    return {
      length,
      node: Int32Array.from({ length }, (_, i) => i >> 1),
      values: kinds.map((kind, m) =>
        column(kind, length, (i) => {
          const own = self[m]![i >> 1]!;
          const half = typeof own === 'bigint' ? own / 3n : kind === 'small' ? Math.floor(own / 3) : own / 4;
          return i % 2 ? half : (((own as number) - (half as number)) as number);
        }),
      ),
    };
  }

  function sampleTable(): SampleTable {
    const rows = halves();
    const values: Label['value'][] = ['text', '12', 12, -0.5, 2n ** 60n, 2n ** 64n - 1n, 12n];
    const sets = [0, 1, 2].map(() =>
      builder.labels([{ key: some(texts), value: some(values), ...(roll(2) && { unit: some(texts) }) }]),
    );
    return {
      ...rows,
      ...(roll(2) && { time: Float64Array.from({ length: rows.length }, (_, i) => i * 0.5) }),
      ...(roll(2) && { labels: Int32Array.from({ length: rows.length }, () => some([-1, ...sets])) }),
    };
  }

  function lineTable(): LineTable {
    const rows = halves();
    return {
      ...rows,
      line: Int32Array.from({ length: rows.length }, () => some(places)),
      ...(roll(2) && {
        file: Int32Array.from({ length: rows.length }, () => builder.fileIndex(some(texts))),
      }),
    };
  }
}

function column(kind: Kind, length: number, value: (row: number) => number | bigint): Column {
  const values = Array.from({ length }, (_, i) => value(i));
  return kind === 'huge' ? BigInt64Array.from(values as bigint[]) : Float64Array.from(values as number[]);
}

/** More than the sum: what the profile was before it was cut. */
function twice(own: Column): number | bigint {
  const sum = sumOf(own);
  return typeof sum === 'bigint' ? sum * 2n : sum * 2;
}

/** All that a profile holds, without what its tables reserve beyond their length. */
export function plain(profile: Profile): unknown {
  const { functions, frames, nodes, arcs, samples, lines } = profile;
  const { callers, estimated, metrics, mappings, files, labelSets, meta: known, whole, shares } = profile;
  const tables = { functions, frames, nodes, arcs, samples, lines };
  return {
    ...{ callers, estimated, metrics, mappings, files, labelSets, meta: known, whole, shares },
    ...Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table && trimmed(table)])),
  };
}

function trimmed(table: { length: number }): unknown {
  const part = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.slice(0, table.length);
    if (!ArrayBuffer.isView(value)) return value;
    return [value.constructor.name, ...(value as Int32Array).subarray(0, table.length)];
  };
  const columns = (value: unknown): unknown =>
    Array.isArray(value) && ArrayBuffer.isView(value[0]) ? value.map(part) : part(value);
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, columns(value)]));
}
