/** pprof profiles: random ones against a count by hand, broken ones, dropped frames, and Go's own reader. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { dropTest } from '../converters/exchange/pprof/drop-frames.ts';
import { checkProfile } from '../src/check.ts';
import { ProfileError } from '../src/diagnostics.ts';
import { simplifiedName } from '../src/match-frames.ts';
import type { Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { pprofCases } from './pprof-cases.ts';
import { PprofFile, type TestLabel, type TestLine } from './pprof-file.ts';
import { Message } from './protobuf-encoder.ts';
import { failure, needs, readProfile, root } from './support.ts';

const pprof = (bytes: Uint8Array): Promise<Profile> => readProfile(bytes, { format: 'pprof' });

/** Self and total of each function by name, summed over nothing: names must be unique. */
function table(profile: Profile, metric: number): Map<string, [bigint, bigint]> {
  const { nodes, frames, functions } = coarsen(profile, { by: 'name' });
  const rows = new Map<string, [bigint, bigint]>();
  for (let n = 0; n < nodes.length; n++) {
    const row: [bigint, bigint] = [BigInt(nodes.self[metric]![n]!), BigInt(nodes.total[metric]![n]!)];
    if (row[0] !== 0n || row[1] !== 0n) rows.set(functions.name[frames.func[nodes.frame[n]!]!]!, row);
  }
  return rows;
}

interface Model {
  functions: { id: bigint; name: string; line: number }[];
  locations: { id: bigint; lines: (TestLine & { row: number })[]; address: bigint }[];
  samples: { rows: number[]; values: bigint[]; labels: TestLabel[] }[];
  metrics: number;
}

const ids = (count: number) =>
  fc.oneof(
    fc.constant(Array.from({ length: count }, (_, i) => BigInt(i + 1))),
    fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { minLength: count, maxLength: count }),
  );
const value = fc.oneof(
  fc.integer({ min: -5, max: 200 }).map(BigInt),
  fc.bigInt({ min: -(2n ** 57n), max: 2n ** 57n }),
);
const label: fc.Arbitrary<TestLabel> = fc.oneof(
  fc.record({ key: fc.constantFrom('k', 'thread'), text: fc.constantFrom('a', 'b', 'ü') }),
  fc.record({
    key: fc.constantFrom('n', 'thread'),
    number: fc.oneof(fc.nat(), fc.bigInt(-(2n ** 63n), -1n)),
  }),
);

const models: fc.Arbitrary<Model> = fc
  .record({
    functions: fc.integer({ min: 1, max: 5 }),
    locations: fc.integer({ min: 1, max: 8 }),
    metrics: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ functions, locations, metrics }) =>
    fc
      .tuple(
        ids(functions),
        ids(locations),
        fc.array(
          fc.array(fc.record({ row: fc.nat(functions - 1), line: fc.nat(500), column: fc.nat(80) }), {
            minLength: 1,
            maxLength: 3,
          }),
          { minLength: locations, maxLength: locations },
        ),
        fc.array(
          fc.record({
            rows: fc.array(fc.nat(locations - 1), { minLength: 1, maxLength: 12 }),
            values: fc.array(value, { minLength: metrics, maxLength: metrics }),
            labels: fc.array(label, { maxLength: 2 }),
          }),
          { maxLength: 12 },
        ),
      )
      .map(([functionIds, locationIds, lines, samples]) => ({
        functions: functionIds.map((id, i) => ({ id, name: `f${i}`, line: i })),
        locations: locationIds.map((id, i) => ({
          id,
          lines: lines[i]!.map((line) => ({ ...line, function: functionIds[line.row]! })),
          address: BigInt(i) << 40n,
        })),
        samples,
        metrics,
      })),
  );

function encode(model: Model, packed: boolean, order: number): Uint8Array {
  const file = new PprofFile();
  file.packed = packed;
  for (let m = 0; m < model.metrics; m++) file.type(`m${m}`, 'count');
  for (const { id, name, line } of model.functions) file.function(id, name, { file: 'a.c', line });
  for (const { id, lines, address } of model.locations) file.location(id, lines, { address });
  for (const { rows, values, labels } of model.samples) {
    file.sample({ stack: rows.map((row) => model.locations[row]!.id), values, labels });
  }
  // Sample types keep their order among themselves; what else stands where does not matter.
  const rank = ({ field }: { field: number }) => (field * order) % 7;
  file.parts.sort((a, b) => rank(a) - rank(b));
  return file.bytes();
}

/** Self and total by hand: leaf first as in the file, a function once for each sample. */
function countByHand(
  { functions, locations, samples }: Model,
  metric: number,
): Map<string, [bigint, bigint]> {
  const rows = new Map(functions.map(({ name }) => [name, [0n, 0n] as [bigint, bigint]]));
  for (const { rows: stack, values } of samples) {
    const names = stack.flatMap((row) => locations[row]!.lines.map((line) => functions[line.row]!.name));
    rows.get(names[0]!)![0] += values[metric]!;
    for (const name of new Set(names)) rows.get(name)![1] += values[metric]!;
  }
  for (const [name, [self, total]] of rows) if (self === 0n && total === 0n) rows.delete(name);
  return rows;
}

describe('random profiles', () => {
  const encodings = fc.tuple(models, fc.boolean(), fc.constantFrom(1, 2, 3, 5));
  test('have the self and total that a count by hand gives', async () => {
    await fc.assert(
      fc.asyncProperty(encodings, async ([model, packed, order]) => {
        const profile = await pprof(encode(model, packed, order));
        for (let m = 0; m < model.metrics; m++) {
          const entries = (map: Map<string, [bigint, bigint]>) =>
            [...map].sort(([a], [b]) => (a < b ? -1 : 1));
          assert.deepEqual(entries(table(profile, m)), entries(countByHand(model, m)));
        }
      }),
    );
  });
  test('keep every frame, value and label', async () => {
    await fc.assert(
      fc.asyncProperty(encodings, async ([model, packed, order]) => {
        const profile = await pprof(encode(model, packed, order));
        const { frames, functions, stacks, stackValues, labelSets } = profile;
        assert.deepEqual(checkProfile(profile), []);
        assert.equal(stacks!.length, model.samples.length);
        for (const [i, { rows, values, labels }] of model.samples.entries()) {
          const expected = rows.flatMap((row) => {
            const { lines, address } = model.locations[row]!;
            return lines.map(({ row: f, line, column }, k) => {
              return `f${f} ${line} ${column} ${address} ${lines.length - 1 - k}`;
            });
          });
          const stack = stacks!.frame.subarray(stacks!.start[i]!, stacks!.start[i + 1]!);
          const found = Array.from(stack, (f) => {
            const address = frames.address?.[f] ?? 0n;
            const name = functions.name[frames.func[f]!];
            return `${name} ${frames.line[f]} ${frames.column[f]} ${address} ${frames.inline?.[f] ?? 0}`;
          });
          assert.deepEqual(found.reverse(), expected);
          assert.deepEqual(
            stackValues!.map((column) => BigInt(column[i]!)),
            values,
          );
          const set = profile.samples!.labels ? labelSets[profile.samples!.labels[i]!]! : [];
          const plain = labels.map(({ key, text, number }) => `${key} ${text ?? number}`);
          assert.deepEqual(
            set.map((l) => `${l.key} ${l.value}`),
            plain,
          );
        }
      }),
    );
  });
  test('that are damaged are refused, or read as something lawful', async () => {
    const damaged = fc.tuple(encodings, fc.nat(), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(damaged, async ([[model, packed, order], at, byte]) => {
        const bytes = encode(model, packed, order);
        bytes[at % bytes.length] = byte;
        try {
          assert.deepEqual(checkProfile(await pprof(bytes)), []);
        } catch (error) {
          assert.ok(error instanceof ProfileError, String(error));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('cut off', () => {
  // The last string is in use: without it, or what stands before it, something is missing.
  const bytes = new PprofFile()
    .type('samples', 'count')
    .mapping(1, '/srv/app')
    .functions('main', 'work')
    .sample({ stack: [2, 1], values: [300], labels: [{ key: 'thread', text: 'main' }] })
    .bytes();
  test('at any byte', async () => {
    for (let length = 0; length < bytes.length; length++) {
      assert.match(
        await failure(pprof(bytes.slice(0, length))),
        /^input.*: error pprof\/[a-z-]+: /,
        `${length}`,
      );
    }
    await pprof(bytes);
  });
  test('at any byte of gzip', async () => {
    const packed = gzipSync(bytes);
    for (let length = 3; length < packed.length; length++) {
      assert.match(await failure(readProfile(packed.subarray(0, length))), /bad-compression|unknown-format/);
    }
  });
});

describe('broken profiles', () => {
  const start = () => new PprofFile().type('samples', 'count').functions('main', 'work');
  const one = { stack: [2, 1], values: [1] };
  const text = new TextEncoder();
  const strings = (...list: string[]) => {
    const message = new Message().put(1, new Message().int(1, 0));
    for (const string of list) message.put(6, string);
    return Uint8Array.from(message.bytes);
  };
  const cases: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(), 'input: error pprof/empty: the input is empty'],
    [
      'a text profile',
      text.encode('heap profile: 1: 2 [3: 4] @ heap/512\n'),
      'input/other-format: it looks like pprof-legacy, not pprof',
    ],
    ['zeros', new Uint8Array(8), '(byte 0): error pprof/bad-tag: field number 0, which no message has'],
    [
      'a number without end',
      Uint8Array.from([...start().bytes(), 72, ...new Array<number>(11).fill(0xff)]),
      'error pprof/bad-varint: a number of more than 10 bytes',
    ],
    ['no string table', strings(), '(byte 4): error pprof/no-strings: there is no string table'],
    [
      'no empty string',
      strings('main'),
      '(byte 4): error pprof/first-string: the first string is "main", not empty',
    ],
    [
      'no sample types',
      new PprofFile().functions('main').bytes(),
      'error pprof/no-types: there are no sample types',
    ],
    [
      'sample types of one name',
      new PprofFile().type('cpu', 'count').type('cpu', 'ns').bytes(),
      'error pprof/duplicate-types: each sample type is there more than once: cpu',
    ],
    [
      'a string that is not there',
      start().bytes({ 14: 99 }),
      'error pprof/string-index: there is no string 99',
    ],
    ['a negative string', start().bytes({ 14: -1 }), 'error pprof/string-index: there is no string -1'],
    [
      'a wrong wire type',
      start().add(9, new Message()).bytes(),
      'error pprof/wire-type: field 9 is bytes, where',
    ],
    [
      'too few values',
      start()
        .sample({ stack: [1], values: [] })
        .bytes(),
      'sample 0 has 0 values for 1 sample types',
    ],
    [
      'too many values',
      start()
        .sample(one)
        .sample({ stack: [1], values: [1, 2] })
        .bytes(),
      'error pprof/value-count: sample 1 has 2 values for 1 sample types',
    ],
    [
      'a location that is not there',
      start()
        .sample({ stack: [1, 3], values: [1] })
        .bytes(),
      'error pprof/unknown-location: a sample names a location 3, which is not there',
    ],
    [
      'a location that is not there, unpacked and large',
      Object.assign(start(), { packed: false })
        .sample({ stack: [2n ** 63n], values: [1] })
        .bytes(),
      'a location 9223372036854775808, which is not there',
    ],
    [
      'a function that is not there',
      start()
        .location(3, [{ function: 3 }])
        .bytes(),
      'error pprof/unknown-function: a line of a location names no function of the profile',
    ],
    [
      'a line without a function',
      start()
        .location(3, [{ function: 0 }])
        .bytes(),
      'error pprof/unknown-function: a line of a location names no function of the profile',
    ],
    [
      'a mapping without id',
      start().mapping(0, 'x').bytes(),
      'pprof/zero-id: a mapping has the reserved id 0, or none',
    ],
    ['a function without id', start().function(0, 'x').bytes(), 'a function has the reserved id 0, or none'],
    ['a location without id', start().location(0, []).bytes(), 'a location has the reserved id 0, or none'],
    [
      'a mapping twice',
      start().mapping(1, '').mapping(1, '').bytes(),
      'there is another mapping with the id 1',
    ],
    [
      'a function twice',
      start().function(1, 'x').bytes(),
      'pprof/duplicate-id: there is another function with the id 1',
    ],
    [
      'a large id twice',
      start()
        .location(2n ** 60n, [])
        .location(2n ** 60n, [])
        .bytes(),
      'there is another location with the id 1152921504606846976',
    ],
    [
      'two profiles in one file',
      Uint8Array.from([...start().bytes({ 9: 5 }), ...start().bytes({ 9: 6 })]),
      'error pprof/concatenated: two profiles stand one behind the other',
    ],
  ];
  for (const [name, bytes, expected] of cases) {
    test(name, async () => {
      const message = await failure(pprof(bytes));
      assert.ok(message.includes(expected), message);
    });
  }
  test('a little input that would be many frames', async () => {
    const file = start().location(3, new Array<TestLine>(2000).fill({ function: 1 }));
    file.sample({ stack: new Array<number>(20_000).fill(3), values: [1] });
    assert.match(
      await failure(pprof(file.bytes())),
      /pprof\/too-deep: the stacks have more than \d+ frames, in \d+/,
    );
  });
  test('samples that would need more values than there are bytes', async () => {
    const file = new PprofFile();
    for (let m = 0; m < 2000; m++) file.type(`m${m}`, 'count');
    for (let i = 0; i < 2000; i++) file.add(2, new Message());
    assert.match(await failure(pprof(file.bytes())), /sample 0 has 0 values for 2000 sample types/);
  });
});

describe('recognised', () => {
  const score = async (bytes: Uint8Array) =>
    failure(readProfile(bytes)).catch((error: Error) => error.message);
  test('where the strings come late, or the file is cut off, or damaged', async () => {
    const file = new PprofFile().type('samples', 'count').functions('main');
    for (let i = 0; i < 9000; i++) file.sample({ stack: [1], values: [i] });
    assert.equal(await score(file.bytes()), 'expected a ProfileError, but nothing failed');
    assert.match(await score(file.bytes().subarray(0, 200)), /pprof\/truncated/);
    assert.match(await score(file.add(6, new Message().put(1, 'x')).bytes()), /pprof\/first-string/);
  });
  test('not in text, nor in other binary files', async () => {
    const texts = [
      '\n2\0',
      '2\0',
      'main;work 1\n',
      '\n\n\n',
      '{"a": 1}',
      '\x08\x01\x10\x02',
      '\n\x04\x08\x01\x10\x02',
    ];
    for (const text of texts)
      assert.match(await score(new TextEncoder().encode(text)), /unknown-format|^expected/, text);
    assert.match(await score(Uint8Array.from([0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0])), /unknown-format/);
  });
});

describe('frames to drop', () => {
  test('are looked for in names without arguments', () => {
    const names = [
      'f(int)',
      '.f',
      '(anonymous namespace)::f(char)',
      'A::operator()(int)',
      'operator()',
      '(x)',
      '',
    ];
    const simple = ['f', 'f', '(anonymous namespace)::f', 'A::operator()', 'operator()', '', ''];
    assert.deepEqual(names.map(simplifiedName), simple);
  });
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['malloc|free', ['malloc', 'free'], ['xmalloc', 'mallocx', '']],
    ['(__)?posix_(?:mem)align', ['__posix_memalign', 'posix_memalign'], ['posix_align_', '__']],
    ['runtime\\.call[0-9]*', ['runtime.call', 'runtime.call32'], ['runtimeXcall', 'runtime.call3x']],
    ['~?[A-Za-z_]+', ['~Mutex', 'Mutex'], ['~', 'a b']],
    ['(?i)[[:alpha:]]{2}', ['aB'], ['a', 'abc', 'a1']],
    ['', [], ['a']],
  ];
  for (const [pattern, yes, no] of cases) {
    test(`by ${JSON.stringify(pattern)}`, async () => {
      assert.deepEqual([...yes, ...no].filter(await dropTest(pattern, '')), yes);
      assert.deepEqual(yes.filter(await dropTest(pattern, yes[0] ?? '')), yes.slice(1));
    });
  }
  test('not by what stops other engines', async () => {
    const name = 'a'.repeat(2000);
    for (const pattern of ['(a|a)*b', '(a*)*b', '(a|aa)+c', 'a*a*a*a*a*a*b'])
      assert.ok(!(await dropTest(pattern, ''))(name));
  });
  test('only by an expression that can be read', async () => {
    const large = ['((((){1000}){1000}){1000}){1000}', '(a{1000}){1000}'];
    const deep = ['('.repeat(100_000), '(|'.repeat(100_000)];
    for (const pattern of ['(', 'a)', 'a**', '[b-a]', '\\', ...large, ...deep])
      await assert.rejects(dropTest(pattern, ''), Error, pattern.slice(0, 40));
  });
  test('as Go drops them', { skip: needs('go') }, async () => {
    await likeGo('fixtures/pprof/drop-frames/input.pb');
  });
});

/** The table of functions is the one that `go tool pprof` prints. */
async function likeGo(path: string): Promise<void> {
  const profile = await readProfile(path);
  const metric = profile.meta.defaultMetric!;
  const { unit } = profile.metrics[metric]!;
  const limits = ['-nodecount=100000', '-nodefraction=0', '-edgefraction=0', `-unit=${unit}`];
  const args = ['tool', 'pprof', '-symbolize=none', '-top', ...limits, join(root, path)];
  const env = { ...process.env, PPROF_BINARY_PATH: '/nonexistent', GOTOOLCHAIN: 'local' };
  const printed = execFileSync('go', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
  const row = /^ *(-?[\d.]+)\S* +\S+ +\S+ +(-?[\d.]+)\S* +\S+ {2}(.*?)(?: \((?:partial-)?inline\))?$/;
  const rows = printed
    .slice(printed.indexOf('cum%\n') + 5)
    .trimEnd()
    .split('\n');
  const theirs = rows.map((line) => row.exec(line)!.slice(1).join(' ')).sort();
  const ours = [...table(profile, metric)].map(([name, [self, total]]) => `${self} ${total} ${name}`).sort();
  assert.deepEqual(ours, theirs);
}

describe('the table of functions is that of go tool pprof', { skip: needs('go') }, () => {
  for (const name of ['go-cpu', 'go-heap', 'go-mutex', 'node-wall']) {
    test(name, () => likeGo(`fixtures/pprof/${name}/input.pb.gz`));
  }
});

test('stacks of 100,000 frames', async () => {
  const file = new PprofFile().type('samples', 'count').functions('main', 'work');
  const deep = new Array<number>(100_000).fill(2);
  file.sample({ stack: [...deep, 1], values: [3] }).sample({ stack: deep, values: [4] });
  const profile = await pprof(file.bytes());
  assert.equal(profile.nodes.length, 200_001);
  assert.deepEqual(
    [...table(profile, 0)],
    [
      ['main', [0n, 3n]],
      ['work', [7n, 7n]],
    ],
  );
});

describe('hand-made fixtures', () => {
  for (const [name, bytes] of Object.entries(pprofCases)) {
    test(`${name} is what pprof-cases.ts makes`, () => {
      const directory = join(root, 'fixtures/pprof', name);
      const path = join(directory, 'input.pb');
      if (process.env['UPDATE'] === '1') {
        mkdirSync(directory, { recursive: true });
        writeFileSync(path, bytes);
      }
      assert.ok(existsSync(path) && readFileSync(path).equals(bytes));
    });
  }
});
