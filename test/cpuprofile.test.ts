/** CPU profiles of V8: both ways of reading agree, and times are those of Chrome DevTools. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { profileOf } from '../converters/v8/cpuprofile/profile.ts';
import { readBytes } from '../converters/v8/cpuprofile/read-bytes.ts';
import { readObject } from '../converters/v8/cpuprofile/read-object.ts';
import { Recordings } from '../converters/v8/cpuprofile/recordings.ts';
import type { Rules } from '../converters/v8/cpuprofile/timeline.ts';
import { checkProfile } from '../src/check.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import { type ByteInput, bytesInput, PeekedInput } from '../src/input/byte-input.ts';
import { headOf } from '../src/input/head.ts';
import { Source } from '../src/input/source.ts';
import type { Profile } from '../src/profile.ts';
import { dump, failure, readProfile, withoutWasm } from './support.ts';

const DEVTOOLS: Rules = {
  delta: 'forward',
  last: 'mean',
  unsorted: 'sort',
  gc: 'stack',
  program: 'fill',
  idle: 'keep',
};

const NAMES = [
  '(root)',
  '(program)',
  '(idle)',
  '(garbage collector)',
  'main',
  'parse',
  '',
  'x}y',
  'é"\\',
  'constructor',
];

type Gen = fc.GeneratorValue;
const chance = (g: Gen, percent: number): boolean => g(fc.nat, 99) >= 100 - percent;
const pick = <T>(g: Gen, items: readonly T[]): T => items[g(fc.nat, items.length - 1)]!;

/** An object whose keys may come in any order, twice, with escapes, and beside keys nobody knows. */
class Fields {
  readonly #g: Gen;
  readonly #twice: boolean;
  readonly #entries: [string, string][] = [];

  /** Of a key that comes twice `JSON.parse` sees one: only fields without faults may be `twice`. */
  constructor(g: Gen, twice: boolean) {
    this.#g = g;
    this.#twice = twice;
  }

  set(key: string, value: unknown): this {
    this.#entries.push([key, text(this.#g, value)]);
    return this;
  }

  toString(): string {
    const g = this.#g;
    const entries = [...this.#entries];
    if (this.#twice && entries.length > 0 && chance(g, 15)) entries.unshift(pick(g, entries));
    if (chance(g, 15))
      entries.push(['deoptReason', pick(g, ['"}"', '[[{"nodes":[]}],{}]', 'null', '{"id":[3,"]"]}'])]);
    if (chance(g, 20)) entries.push(entries.shift()!);
    if (chance(g, 10)) entries.reverse();
    const blank = pick(g, ['', '', '', ' ', '\n ']);
    return `{${entries.map(([key, value]) => `${blank}${keyText(g, key)}${blank}:${value}`).join(`,${blank}`)}${blank}}`;
  }
}

function keyText(g: Gen, key: string): string {
  return chance(g, 5) ? `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"` : JSON.stringify(key);
}

function text(g: Gen, value: unknown): string {
  if (value instanceof Fields) return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => text(g, item)).join(pick(g, [',', ',', ' , ']))}]`;
  return JSON.stringify(value);
}

function callFrame(g: Gen): Fields {
  const fields = new Fields(g, true).set('functionName', pick(g, NAMES)).set('scriptId', pick(g, ['0', '7']));
  if (!chance(g, 10)) fields.set('url', pick(g, ['', '', 'file:///a%20b.js', 'file:///%.js', 'node:fs']));
  if (!chance(g, 10)) fields.set('lineNumber', pick(g, [-1, -1, 0, 9])).set('columnNumber', pick(g, [-1, 3]));
  return fields;
}

/** A profile of up to 9 nodes, some of them wrong in some way when `broken`. */
function profileText(g: Gen, broken: boolean): string {
  const count = g(fc.nat, 8) + 1;
  const odd = (percent: number) => broken && chance(g, percent);
  const idOf = pick<(i: number) => number>(g, [
    (i) => i + 1,
    (i) => 500 - i,
    (i) => i * 1e10,
    (i) => i + 0.5,
    (i) => -i,
  ]);
  const parents = Array.from({ length: count }, (_, i) => (i === 0 ? -1 : g(fc.nat, i - 1)));
  if (odd(5)) parents[g(fc.nat, count - 1)] = g(fc.nat, count);
  const style = pick(g, ['children', 'parent', 'both']);
  const id = (i: number) => (odd(1) ? pick<unknown>(g, ['5', null, [], 77]) : idOf(i));
  const nodes = parents.map((parent, i) => {
    const node = new Fields(g, !broken).set('id', id(i));
    if (odd(1)) node.set('callFrame', pick<unknown>(g, [null, 'main', [], { functionName: 3, url: 4 }]));
    else if (!odd(1))
      node.set('callFrame', i === 0 && chance(g, 80) ? { functionName: '(root)', url: '' } : callFrame(g));
    if (chance(g, 90)) node.set('hitCount', odd(1) ? -1 : g(fc.nat, 3));
    const children = parents.flatMap((p, child) => (p === i ? [id(child)] : []));
    if (style !== 'parent' && (children.length > 0 || chance(g, 30))) node.set('children', children);
    if (style !== 'children' && parent >= 0) node.set('parent', id(parent));
    if (chance(g, 30)) {
      const tick = () =>
        new Fields(g, !broken)
          .set('line', odd(5) ? 0 : g(fc.nat, 5) + 1)
          .set('ticks', odd(5) ? null : g(fc.nat, 3));
      node.set('positionTicks', Array.from({ length: g(fc.nat, 3) }, tick));
    }
    return node;
  });
  if (chance(g, 20)) nodes.reverse();
  const samples = Array.from({ length: g(fc.nat, 9) }, () => id(g(fc.nat, count - 1)));
  const delta = () => (odd(1) ? pick<unknown>(g, [1e308, '1', 0.25]) : g(fc.integer, { min: -4, max: 20 }));
  const profile = new Fields(g, !broken).set('nodes', odd(1) ? pick<unknown>(g, [null, {}, [4]]) : nodes);
  if (chance(g, 95)) profile.set('samples', samples);
  if (chance(g, 90)) profile.set('timeDeltas', samples.slice(odd(10) ? 1 : 0).map(delta));
  if (chance(g, 95)) profile.set('startTime', 1000);
  if (chance(g, 95)) profile.set('endTime', 1000 + g(fc.nat, 150));
  if (chance(g, 10))
    profile.set(
      'lines',
      samples.map(() => g(fc.nat, 4)),
    );
  if (chance(g, 10)) profile.set('title', pick<unknown>(g, ['a "title"', 5, null]));
  return profile.toString();
}

function fileText(g: Gen): string {
  if (chance(g, 80)) return profileText(g, true);
  const wrapped = () =>
    pick(g, ['?', '{"profile":?}', '{"id":1,"result":{"profile":?}}', '[?]']).replace('?', () =>
      profileText(g, false),
    );
  return chance(g, 50) ? wrapped() : `[${wrapped()},${chance(g, 20) ? 'null' : wrapped()}]`;
}

/** The canonical dump or the error, and all warnings; places differ between the ways, but not of bytes. */
function outcome(text: string, way: 'object' | 'bytes', rules: Rules, hits = false): string {
  const { told, places } = outcomeOf(text, way, rules, hits);
  if (way === 'bytes') {
    const slow = withoutWasm(() => outcomeOf(text, way, rules, hits));
    assert.deepEqual({ told, places }, slow, text);
  }
  return told;
}

function outcomeOf(text: string, way: 'object' | 'bytes', rules: Rules, hits: boolean) {
  const bytes = Buffer.from(text);
  const diagnostics = new Diagnostics();
  const head = headOf(new PeekedInput(bytesInput(bytes)));
  const source = new Source(bytesInput(bytes), { name: 'input', format: 'cpuprofile', head, diagnostics });
  const recordings = new Recordings(source);
  const places: unknown[] = [];
  const told = () =>
    diagnostics.list().map(({ code, message, place }) => {
      places.push(place);
      return `${code} ${message}`;
    });
  try {
    if (way === 'object') readObject(JSON.parse(text), recordings);
    else readBytes(source.utf8(), recordings);
    const profile = profileOf(recordings, rules, hits);
    assert.deepEqual(checkProfile(profile), []);
    return { told: [dump(profile), ...told()].join('\n'), places };
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    const { code, message, place } = error.diagnostic;
    return { told: [code, message].join('\n'), places: [place] };
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isProfile = (outcome: string): boolean => outcome.startsWith('callers');

describe('small and large files are read alike', () => {
  test('whatever the file holds', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.gen(), (g) => {
        // Behind blanks whole nodes are in the buffer, and are looked through ahead.
        const text = ' '.repeat(pick(g, [0, 8000])) + fileText(g);
        const rules: Rules = {
          delta: pick(g, ['forward', 'forward', 'backward']),
          last: pick(g, ['mean', 'none']),
          unsorted: pick(g, ['sort', 'clamp']),
          gc: pick(g, ['stack', 'root']),
          program: pick(g, ['fill', 'stack', 'root']),
          idle: pick(g, ['keep', 'drop']),
        };
        const hits = chance(g, 15);
        const [one, other] = [outcome(text, 'object', rules, hits), outcome(text, 'bytes', rules, hits)];
        // Of several faults each way may meet another one first.
        if (isProfile(one) || isProfile(other)) assert.equal(one, other, text);
        if (isProfile(one)) read++;
      }),
      { numRuns: 200, endOnFailure: true, includeErrorInReport: true },
    );
    assert.ok(read > 100, `only ${read} of the files were profiles`);
  });

  test('and what is nearly as V8 writes it', () => {
    const [rules, blanks] = [DEVTOOLS, ' '.repeat(8000)];
    const frame = '{"functionName":"main","scriptId":"1","url":"a.js","lineNumber":0,"columnNumber":0}';
    const node = (rest: string) => `{"id":2,"callFrame":${frame},"hitCount":1${rest}}`;
    const nodes = [
      `{"id":1,"callFrame":{"functionName":"(root)"},"hitCount":0,"children":[5,2]}`,
      `{"id":5,"callFrame":${frame},"hitCount":0}`,
      node(',"children":[3,14],"positionTicks":[{"line":12,"ticks":1},{"line":3,"ticks":2}]'),
      node('').replace('2', '3'),
      node(',"positionTicks":[{"line":1,"ticks":1}]').replace('2', '14'),
    ].join(',');
    const end = '],"samples":[2,3,14,2],"timeDeltas":[1,5,7,9],"startTime":0,"endTime":30}';
    const from = nodes.indexOf('{"id":2');
    let alike = 0;
    for (let at = from; at < nodes.length; at++) {
      const changes = ['', '0', '9', ',', '"', ' ', '}', ']', '-', '.', 'e', '00', '1234567890'];
      for (const [i, change] of changes.entries()) {
        const text = `${blanks}{"nodes":[${nodes.slice(0, at)}${change}${nodes.slice(at + 1)}${end}`;
        // To load a module takes longer than all else.
        const bytes =
          (at + i) % 11 === 0
            ? outcome(text, 'bytes', rules)
            : withoutWasm(() => outcomeOf(text, 'bytes', rules, false).told);
        if (!isJson(text)) assert.ok(!isProfile(bytes), text.trim());
        else {
          const object = outcome(text, 'object', rules);
          if (isProfile(object) || isProfile(bytes)) assert.equal(bytes, object, text.trim());
          if (isProfile(object)) alike++;
        }
      }
    }
    assert.ok(alike > 1000, `only ${alike} were profiles`);
  });

  test('and what takes more than is looked at at once', () => {
    const frame = (f: number) =>
      `{"functionName":"f${f}","scriptId":"${f}","url":"file:///a${f % 7}.js","lineNumber":${f},"columnNumber":3}`;
    const nodes = Array.from({ length: 9000 }, (_, i) => {
      const id = i + 1;
      const children = [2 * id, 2 * id + 1].filter((child) => child <= 9000);
      const odd = id % 997 === 0 ? ' ' : '';
      const ticks = id % 3 === 0 ? `,"positionTicks":[{"line":${id},"ticks":2},{"line":1,"ticks":1}]` : '';
      const below = children.length > 0 ? `,"children":[${children}]` : '';
      const text = id === 1 ? '{"functionName":"(root)","scriptId":"0","url":""}' : frame(id % 1234);
      return `{"id":${id},"callFrame":${odd}${text},"hitCount":${id % 5}${below}${ticks}}`;
    });
    const samples = Array.from({ length: 200_000 }, (_, i) => ((i * 7919) % 9000) + 1);
    const deltas = samples.map((_, i) => (i % 1000 === 0 ? -3 : i % 50_000 === 7 ? 1234567890 : i % 3000));
    const text = `{"nodes":[${nodes}],"startTime":5,"endTime":9,"samples":[${samples}],"timeDeltas":[${deltas}]}`;
    assert.ok(text.length > 2e6);
    const object = outcome(text, 'object', DEVTOOLS);
    assert.ok(isProfile(object));
    assert.equal(outcome(text, 'bytes', DEVTOOLS), object);
    const cut = text.replace('"id":7777,', '"id":7776,');
    assert.match(outcome(cut, 'bytes', DEVTOOLS), /^cpuprofile\/duplicate-id/);
  });

  const large = (sample: string) =>
    `{"nodes":[{"id":1,"callFrame":{"functionName":"(root)","url":""},"children":[2]},{"id":2,"callFrame":{"functionName":"main","url":"${'m'.repeat(9 << 20)}"}}],"samples":[2,${sample}],"timeDeltas":[0,5],"startTime":0,"endTime":10}`;

  test('and large ones are read as bytes, with and without a known size', async () => {
    for (const bytes of [Buffer.from(large('2')), gzipSync(large('2'), { level: 1 })]) {
      const { nodes } = await readProfile(bytes);
      assert.deepEqual([...nodes.self[0]!], [10]);
    }
    // Only the byte reader knows offsets.
    for (const bytes of [Buffer.from(large('"2"')), gzipSync(large('"2"'), { level: 1 })]) {
      assert.match(
        await failure(readProfile(bytes)),
        /\(byte 9437\d+\) \(samples\[1\]\): error cpuprofile\/bad-value/,
      );
    }
  });
});

interface Sampled {
  /** Names from the root on, by node id. */
  stacks: Map<number, string[]>;
  samples: number[];
  timeDeltas: number[];
  startTime: number;
  endTime: number;
}

/** Time by stack, as Chrome DevTools' CPUProfileDataModel tells it. */
function timesOfDevtools({ stacks, samples, timeDeltas, startTime, endTime }: Sampled): Map<string, number> {
  let time = startTime;
  const taken = samples
    .map((id, i) => {
      time += timeDeltas[i]!;
      return { stack: stacks.get(id)!, time };
    })
    .sort((a, b) => a.time - b.time);
  const system = (stack: string[]) =>
    ['(program)', '(idle)', '(garbage collector)'].includes(stack.join(';'));
  const fixed = taken.map(({ stack }, i) => {
    const before = taken[i - 1]?.stack;
    const after = taken[i + 1]?.stack;
    const lost = stack.join(';') === '(program)' && before && after && !system(before) && !system(after);
    return lost && before[0] === after[0] ? before : stack;
  });
  let below: string[] = [];
  const placed = fixed.map((stack) => {
    if (stack.join(';') === '(garbage collector)') return [...below, '(garbage collector)'];
    below = stack;
    return stack;
  });
  const last = taken.at(-1)!.time;
  const mean = taken.length > 1 ? (last - taken[0]!.time) / (taken.length - 1) : Number.POSITIVE_INFINITY;
  const left = endTime > last ? endTime - last : taken.length > 1 ? mean : 0;
  const times = new Map<string, number>();
  for (const [i, stack] of placed.entries()) {
    const until = taken[i + 1]?.time ?? last + Math.min(mean, left);
    const key = stack.join(';');
    if (key !== '') times.set(key, (times.get(key) ?? 0) + until - taken[i]!.time);
  }
  return new Map([...times].filter(([, micros]) => micros > 1e-9));
}

function timesOf({ nodes, frames, functions }: Profile): Map<string, number> {
  const times = new Map<string, number>();
  for (let node = 0; node < nodes.length; node++) {
    const stack: string[] = [];
    for (let n = node; n >= 0; n = nodes.parent[n]!)
      stack.unshift(functions.name[frames.func[nodes.frame[n]!]!]!);
    const micros = nodes.self[0]![node] as number;
    if (micros > 0) times.set(stack.join(';'), (times.get(stack.join(';')) ?? 0) + micros);
  }
  return times;
}

test('times are those of Chrome DevTools, whatever ran between functions', async () => {
  // 1 (root); 2, 3, 4 no functions; 5 a, 6 a;b, 7 a;b;a, 8 c, 9 c;b
  const parents = [0, 1, 1, 1, 1, 5, 6, 1, 8];
  const names = ['(root)', '(program)', '(idle)', '(garbage collector)', 'a', 'b', 'a', 'c', 'b'];
  const nodes = names.map((functionName, i) => ({
    id: i + 1,
    callFrame: { functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 },
    children: parents.flatMap((p, child) => (p === i + 1 ? [child + 1] : [])),
  }));
  const stacks = new Map<number, string[]>([[1, []]]);
  for (let id = 2; id <= 9; id++) stacks.set(id, [...stacks.get(parents[id - 1]!)!, names[id - 1]!]);
  const id = fc.constantFrom(1, 2, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(id, fc.integer({ min: -15, max: 40 })), { minLength: 1, maxLength: 14 }),
      fc.integer({ min: -20, max: 60 }),
      async (taken, rest) => {
        const samples = taken.map(([sample]) => sample);
        const timeDeltas = taken.map(([, delta], i) => (i === 0 ? Math.abs(delta) : delta));
        const endTime = 1000 + timeDeltas.reduce((a, b) => a + b) + rest;
        const file = { nodes, startTime: 1000, endTime, samples, timeDeltas };
        const expected = timesOfDevtools({ ...file, stacks });
        const actual = timesOf(
          await readProfile(Buffer.from(JSON.stringify(file)), { format: 'cpuprofile' }),
        );
        assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
        for (const [stack, micros] of expected)
          assert.ok(Math.abs(actual.get(stack)! - micros) < 1e-6, stack);
      },
    ),
    { numRuns: 200 },
  );
});

test('time that goes back far and often is put in order quickly', async () => {
  const length = 100_000;
  const nodes = [{ id: 1, callFrame: { functionName: 'main', url: '' } }];
  const samples = new Array(length).fill(1);
  const timeDeltas = samples.map((_, i) => (i === 0 ? length : -1));
  const profile = await readProfile(Buffer.from(JSON.stringify({ nodes, samples, timeDeltas })));
  assert.deepEqual([...profile.nodes.self[0]!], [length]);
  assert.ok(profile.samples!.time!.every((time, i) => time === (i + 1) * 1000));
});

test('cut off at any byte it is one error, and none of them is a crash', () => {
  const text =
    '{"nodes":[{"id":1,"callFrame":{"functionName":"a}","url":""},"positionTicks":[{"line":3,"ticks":1}]}],"samples":[1],"timeDeltas":[0.5]}';
  for (let length = 0; length < text.length; length++) {
    assert.match(outcome(text.slice(0, length), 'bytes', DEVTOOLS), /^cpuprofile\/(truncated|bad-json)/);
  }
});

test('an input that gives few bytes at a time', () => {
  const text =
    '{"nodes":[{"id":1,"callFrame":{"functionName":"a}","url":""}}],"samples":[1,1],"timeDeltas":[0,7]}';
  const bytes = Buffer.from(text);
  const whole = bytesInput(bytes);
  const slow: ByteInput = { read: (into) => whole.read(into.subarray(0, 3)) };
  const head = headOf(new PeekedInput(bytesInput(bytes)));
  const source = new Source(slow, {
    name: 'input',
    format: 'cpuprofile',
    head,
    diagnostics: new Diagnostics(),
  });
  const recordings = new Recordings(source);
  readBytes(source.utf8(), recordings);
  assert.deepEqual(timesOf(profileOf(recordings, DEVTOOLS, false)), new Map([['a}', 14]]));
});
