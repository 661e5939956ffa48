/** JSON of our own: nothing is lost, bad values are told by their path, the schema says what is written. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { checkProfile } from '../src/check.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { functionValues } from '../src/function-values.ts';
import { plain, profiles } from './profiles.ts';
import { faultsBySchema } from './schema.ts';
import { convert, failure, printed, readProfile, root } from './support.ts';

const schema = JSON.parse(readFileSync(join(root, 'fixtures/json/profile.schema.json'), 'utf8'));

type Json = Record<string, unknown>;

/** A small tree, an arc profile and a flat one, which the tests break in one place each. */
function small(): Json {
  return {
    format: 'prof2dot',
    version: 1,
    callers: 'all',
    metrics: [{ name: 'cpu', unit: 'nanoseconds' }],
    functions: [{ name: 'main' }, { name: 'f', file: 'a.c', line: 3 }],
    frames: [{ function: 0 }, { function: 1, line: 4 }],
    nodes: { length: 2, frame: [0, 1], parent: [-1, 0], self: [[1, 2]] },
  };
}

const read = (json: unknown, diagnostics = new Diagnostics()) =>
  readProfile(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), {
    format: 'json',
    diagnostics,
  });

/** The first line of the diagnostic, without its beginning that is always the same. */
async function fault(json: unknown): Promise<string> {
  const text = await failure(read(json));
  return text.split('\n')[0]!.replace('input', '').replace(' error', '').trim();
}

async function warnings(json: unknown): Promise<string[]> {
  const diagnostics = new Diagnostics();
  await read(json, diagnostics);
  return printed(diagnostics).trimEnd().split('\n');
}

describe('json', () => {
  test('what was written is read again without loss, and keeps the schema', async () => {
    await fc.assert(
      fc.asyncProperty(profiles, async (profile) => {
        assert.deepEqual(checkProfile(profile), []);
        const diagnostics = new Diagnostics();
        const text = await convert(profile, 'json', { diagnostics });
        const again = await readProfile(text, { diagnostics });
        assert.deepEqual(plain(again), plain(profile));
        assert.equal(printed(diagnostics), '');
        assert.deepEqual(faultsBySchema(schema, JSON.parse(text.toString())), []);
      }),
      { numRuns: 100 },
    );
  });

  test('functions carry their own self and total', async () => {
    await fc.assert(
      fc.asyncProperty(profiles, async (profile) => {
        const json = JSON.parse((await convert(profile, 'json')).toString());
        const { self, total } = functionValues(profile);
        for (const [f, row] of json.functions.entries()) {
          assert.deepEqual(
            row.self.map(String),
            self.map((column) => String(column[f])),
          );
          assert.deepEqual(
            row.total.map(String),
            total.map((column) => String(column[f])),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a total counts recursion once, whatever the order of functions', async () => {
    const json = small();
    json['functions'] = [{ name: 'unused' }, { name: 'f' }, { name: 'main' }];
    json['frames'] = [{ function: 2 }, { function: 1 }, { function: 1, line: 9 }];
    json['nodes'] = { length: 3, frame: [0, 1, 2], parent: [-1, 0, 1], self: [[1, 2, 4]] };
    const written = JSON.parse((await convert(await read(json), 'json')).toString());
    assert.deepEqual(
      written.functions.map(({ name, self, total }: Json) => [name, self, total]),
      [
        ['unused', [0], [0]],
        ['f', [6], [6]],
        ['main', [1], [7]],
      ],
    );
  });

  test('numbers are written as JSON writes them, whatever their size', async () => {
    const special = [
      0,
      -0,
      9,
      10,
      999_999_999,
      1e9,
      -1e9,
      2 ** 53 - 1,
      -(2 ** 53),
      2 ** 53 + 2,
      1e21,
      0.1,
      -1e-7,
    ];
    const values = [...special, ...Array.from({ length: 30_000 }, (_, i) => (i % 7) * 10 ** (i % 16) - i)];
    const builder = new ProfileBuilder([{ name: 'x', unit: 'count' }]);
    const frame = Int32Array.from(values, (_, i) => builder.addFrame(builder.addFunction(`f${i}`)));
    const parent = new Int32Array(values.length).fill(-1);
    const profile = builder.tree({ frame, parent, self: [Float64Array.from(values)] });
    const written = (await convert(profile, 'json')).toString();
    const column = /"self":\[\[([^\]]*)\]\]/.exec(written.slice(written.indexOf('"nodes"')))![1]!;
    assert.equal(
      column.replaceAll('\n', ''),
      values.map((v) => (Object.is(v, -0) ? '-0' : JSON.stringify(v))).join(','),
    );
  });
  test('the order of keys does not matter', async () => {
    const json = small();
    const reversed = Object.fromEntries(Object.entries(json).reverse());
    assert.deepEqual(plain(await read(reversed)), plain(await read(json)));
  });

  test('the smallest document is a profile', async () => {
    const profile = await read(small());
    assert.deepEqual(checkProfile(profile), []);
    assert.deepEqual(faultsBySchema(schema, small()), []);
    assert.deepEqual([...profile.nodes.total[0]!], [3, 2]);
  });

  test('a stack of 100,000 frames goes both ways', async () => {
    const depth = 100_000;
    const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
    const frame = builder.addFrame(builder.addFunction('f'));
    const profile = builder.tree({
      frame: new Int32Array(depth).fill(frame),
      parent: Int32Array.from({ length: depth }, (_, n) => n - 1),
      self: [Float64Array.from({ length: depth }, (_, n) => Number(n === depth - 1))],
    });
    assert.deepEqual(plain(await readProfile(await convert(profile, 'json'))), plain(profile));
  });

  test('leftovers that are not JSON are told of', async () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    for (const value of [1n, new Map(), Number.NaN, undefined, deep, new Uint8Array(2), { a: [() => 1] }]) {
      const profile = await read(small());
      profile.meta.raw = { other: value, kept: [1] };
      const diagnostics = new Diagnostics();
      const again = await readProfile(await convert(profile, 'json', { diagnostics }));
      assert.deepEqual(again.meta.raw, { kept: [1] });
      const told = 'json/raw: what only other can express is left out: it is not JSON';
      assert.ok(printed(diagnostics).includes(told));
    }
  });
});

/** What is changed in `small()`, and what is then said. */
const FAULTS: [string, (json: Json & Record<string, Json & Json[]>) => void, string][] = [
  ['no format', (j) => delete j['format'], '(format): json/not-a-profile: "format" is not "prof2dot"'],
  [
    'later version',
    (j) => Object.assign(j, { version: 2 }),
    '(version): json/bad-version: expected version 1, got 2',
  ],
  [
    'unknown rung',
    (j) => Object.assign(j, { callers: 'some' }),
    '(callers): json/bad-value: expected one of all, direct, none, got "some"',
  ],
  [
    'no metric',
    (j) => Object.assign(j, { metrics: [] }),
    '(metrics): json/bad-value: expected at least one metric, got an array',
  ],
  [
    'metric without unit',
    (j) => delete j['metrics']![0]!['unit'],
    '(metrics[0].unit): json/bad-value: expected a text, got nothing',
  ],
  [
    'function is null',
    (j) => Object.assign(j['functions']!, { 1: null }),
    '(functions[1]): json/bad-value: expected an object, got null',
  ],
  [
    'line is text',
    (j) => Object.assign(j['functions']![1]!, { line: '3' }),
    '(functions[1].line): json/bad-value: expected an integer, got "3"',
  ],
  [
    'line is too great',
    (j) => Object.assign(j['frames']![1]!, { line: 2 ** 31 }),
    '(frames[1].line): json/bad-value: expected 0 to 2147483647, got 2147483648',
  ],
  [
    'no such function',
    (j) => Object.assign(j['frames']![1]!, { function: 2 }),
    '(frames[1].function): json/bad-value: expected 0 to 1, got 2',
  ],
  [
    'no such mapping',
    (j) => Object.assign(j['frames']![1]!, { mapping: 0 }),
    '(frames[1].mapping): json/bad-value: expected -1 to -1, got 0',
  ],
  [
    'no such frame',
    (j) => Object.assign(j['nodes']!, { frame: [0, -1] }),
    '(nodes.frame[1]): json/bad-value: expected 0 to 1, got -1',
  ],
  [
    'cyclic parents',
    (j) => Object.assign(j['nodes']!, { parent: [1, 0] }),
    '(nodes.parent[0]): json/parent-order: the parent of node 0 is 1; parents come first',
  ],
  [
    'short column',
    (j) => Object.assign(j['nodes']!, { frame: [0] }),
    '(nodes.frame): json/bad-length: 1 values for 2 rows',
  ],
  [
    'metric missing',
    (j) => Object.assign(j['nodes']!, { self: [] }),
    '(nodes.self): json/bad-length: 0 columns for 1 metrics',
  ],
  [
    'value is null',
    (j) => Object.assign(j['nodes']!, { self: [[1, null]] }),
    '(nodes.self[0][1]): json/bad-value: expected a number, got null',
  ],
  [
    'negative length',
    (j) => Object.assign(j['nodes']!, { length: -1 }),
    '(nodes.length): json/bad-value: expected 0 to 2147483647, got -1',
  ],
  [
    'arcs of a tree',
    (j) => Object.assign(j, { arcs: {} }),
    '(arcs): json/bad-value: expected nothing, since callers is all, got an object',
  ],
  [
    'no arcs',
    (j) => Object.assign(j, { callers: 'direct', nodes: { length: 0, frame: [], self: [[]], total: [[]] } }),
    '(arcs): json/bad-value: expected an object, got nothing',
  ],
  [
    'bad address',
    (j) => Object.assign(j['frames']![0]!, { address: '0xzz' }),
    '(frames[0].address): json/bad-value: expected a 64-bit address such as "0x7f00", got "0xzz"',
  ],
  [
    'late sample',
    (j) => Object.assign(j, { samples: { length: 2, node: [0, 1], time: [2, 1], values: [[1, 2]] } }),
    '(samples.time[1]): json/bad-value: expected no time before that of the sample before, 2, got 1',
  ],
  [
    'label without value',
    (j) => Object.assign(j, { labelSets: [[{ key: 'k' }]] }),
    '(labelSets[0][0].value): json/bad-value: expected a text or a number, got nothing',
  ],
  [
    'files without own',
    (j) => Object.assign(j, { files: ['a'] }),
    '(files[0]): json/bad-value: expected "", which stands for the function\'s own file, got "a"',
  ],
  [
    'period without value',
    (j) => Object.assign(j, { meta: { period: { name: 'cpu', unit: 's' } } }),
    '(meta.period.value): json/bad-value: expected a number, got nothing',
  ],
];

describe('bad json', () => {
  for (const [name, change, expected] of FAULTS) {
    test(name, async () => {
      const json = small();
      change(json as never);
      assert.equal(await fault(json), expected);
    });
  }

  test('a document that is no object', async () => {
    assert.equal(await fault([1]), '($): json/bad-value: expected an object, got an array');
    assert.equal(await fault('null'), '($): json/bad-value: expected an object, got null');
  });

  test('integers beyond 2^53 are texts, and only of metrics that say so', async () => {
    const json = small();
    json['nodes'] = { length: 1, frame: [0], parent: [-1], self: [['9007199254740993']] };
    assert.match(
      await fault(json),
      /nodes\.self\[0\]\[0\]\): json\/bad-value: expected a number, got "9007199254740993"/,
    );
    json['metrics'] = [{ name: 'n', unit: '', int64: true }];
    assert.equal((await read(json)).nodes.self[0]![0], 9007199254740993n);
    json['nodes'] = { length: 1, frame: [0], parent: [-1], self: [[2 ** 60]] };
    assert.match(await fault(json), /expected an exact integer, got 1152921504606847000/);
    json['nodes'] = { length: 1, frame: [0], parent: [-1], self: [['9223372036854775808']] };
    assert.match(await fault(json), /expected a 64-bit integer, got "9223372036854775808"/);
  });

  test('a file that is cut off anywhere gives one diagnostic', async () => {
    const text = (await convert(await read(small()), 'json')).toString();
    for (let end = 1; end < text.trimEnd().length; end++)
      assert.match(await failure(read(text.slice(0, end))), /error json\//);
  });

  test('unknown keys are told of', async () => {
    const json = small();
    Object.assign(json, { extra: 1 });
    Object.assign((json['functions'] as Json[])[0]!, { colour: 'red' });
    assert.deepEqual(await warnings(json), [
      'input ($): warning json/unknown-key: nothing is known of "extra": left out (and 1 more)',
    ]);
  });

  test('samples and lines that do not add up are told of, and left out', async () => {
    const json = small();
    json['samples'] = { length: 1, node: [0], values: [[5]] };
    json['lines'] = { length: 1, node: [0], line: [3], values: [[2]] };
    assert.deepEqual(await warnings(json), [
      'input: warning json/broken-law: samples of cpu add up to 5 at node 0, whose self is 1: the samples are left out (and 1 more)',
    ]);
    const profile = await readProfile(Buffer.from(JSON.stringify(json)));
    assert.deepEqual([profile.samples, profile.lines, checkProfile(profile)], [undefined, undefined, []]);
  });

  test('totals of a tree that do not follow from its selves are told of', async () => {
    const json = small();
    Object.assign(json['nodes'] as Json, { total: [[3, 3]] });
    assert.deepEqual(await warnings(json), [
      'input (nodes.total[0][1]): warning json/other-total: the total 3 does not follow from the selves, which give 2',
    ]);
  });
});

test('the call graph, as dot draws it', async () => {
  const input = Buffer.from('main;a;b 70\nmain;a;b;a 20\nmain;c 9\nidle 1\n');
  const graph = async (transforms = {}) => {
    const options = { json: { content: 'graph' } };
    return (await convert(input, 'json', { format: 'folded', options, transforms })).toString();
  };
  const all: Json = JSON.parse(await graph());
  assert.deepEqual(faultsBySchema(schema, all), []);
  assert.equal(all['callers'], 'direct');
  const cut = await graph({ nodeThres: 9.5 });
  assert.deepEqual(faultsBySchema(schema, JSON.parse(cut)), []);
  assert.deepEqual((JSON.parse(cut) as Json)['functions'], [
    { name: 'main', self: [0], total: [99] },
    { name: 'a', self: [20], total: [90] },
    { name: 'b', self: [70], total: [90] },
    { name: 'c' },
    { name: 'idle' },
  ]);
  const dot = async (profile: Buffer | string, format: string, transforms = {}) =>
    (await convert(Buffer.from(profile), 'dot', { format, transforms })).toString();
  // Percentages refer to the whole still.
  assert.equal(await dot(cut, 'json'), await dot(input, 'folded', { nodeThres: 9.5 }));
});

describe('costs of gprof2dot’s JSON', () => {
  /** Events of one function with these costs, as they are written. */
  const costsOf = (...costs: string[]) => {
    const events = costs.map((cost) => `{"callchain":[0],"cost":[${cost}]}`);
    return `{"version":0,"functions":[{"name":"f"}],"events":[${events.join()}]}`;
  };
  const rounded = 'input (events): warning json/inexact-cost: costs beyond 2^53 may be rounded';
  const cases: [what: string, costs: string[], sum: bigint, warning: string][] = [
    ['integers are exact', ['9007199254740993', '-2', '3.0'], 9007199254740994n, ''],
    ['sums of small integers are exact', ['9007199254740991', '9007199254740991', '1'], 2n ** 54n - 1n, ''],
    ['fractions beside them round them', ['9007199254740993', '0.5'], 2n ** 53n, rounded],
    ['what has an exponent may be rounded', ['1.2345678901234567e17'], 123456789012345664n, rounded],
    [
      '64 bits hold the sum or round it',
      ['9223372036854774784', '9223372036854774784'],
      2n ** 64n - 2048n,
      rounded,
    ],
  ];
  for (const [what, costs, sum, warning] of cases) {
    test(what, async () => {
      for (const events of ['stacks', 'pairs']) {
        const diagnostics = new Diagnostics();
        const profile = await readProfile(Buffer.from(costsOf(...costs)), {
          format: 'json',
          options: { json: { events } },
          diagnostics,
        });
        assert.equal(BigInt(profile.nodes.self[0]![0]!), sum);
        assert.equal(printed(diagnostics).trimEnd(), warning);
        assert.deepEqual(checkProfile(profile), []);
      }
    });
  }
});
