/** OTLP profiles: a message made by hand, what comes back of all that is written, and what is refused. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { type Case, cases } from './cases.ts';
import { plain } from './profiles.ts';
import { Message } from './protobuf-encoder.ts';
import { assertTold, convert, failure, printed, readProfile, root } from './support.ts';

const otlp = (input: Uint8Array | string, diagnostics = new Diagnostics()): Promise<Profile> =>
  readProfile(typeof input === 'string' ? Buffer.from(input) : input, { format: 'otlp', diagnostics });

const fixed64 = (value: bigint): number[] => [...new Uint8Array(BigUint64Array.of(value).buffer)];
const double = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)];
const time = (value: bigint): Message => new Message().put(5, fixed64(value));

/** A message by the fields of its parts; strings are numbered as they come. */
class OtlpFile {
  readonly #strings = [''];
  readonly tables: { field: number; entry: Message }[] = [];
  readonly resources: Message[] = [];

  string(text: string): number {
    const known = this.#strings.indexOf(text);
    return known >= 0 ? known : this.#strings.push(text) - 1;
  }

  /** Adds an entry of a table; returns its index, as each table has a first one that means none. */
  entry(field: number, entry: Message): number {
    if (!this.tables.some((other) => other.field === field))
      this.tables.push({ field, entry: new Message() });
    this.tables.push({ field, entry });
    return this.tables.filter((other) => other.field === field).length - 1;
  }

  attribute(key: string, value: Message, unit = ''): number {
    return this.entry(6, new Message().int(1, this.string(key)).put(2, value).int(3, this.string(unit)));
  }

  stack(...names: string[]): number {
    const rows = names.map((name) => {
      const func = new Message().int(1, this.string(name)).int(3, this.string('app.c')).int(4, 5);
      return this.entry(2, new Message().put(3, new Message().int(1, this.entry(3, func)).int(2, 7)));
    });
    return this.entry(7, new Message().packed(1, rows.reverse()));
  }

  profile(metric: string, unit: string, samples: Message[], more = new Message()): Message {
    const type = new Message().int(1, this.string(metric)).int(2, this.string(unit));
    const profile = new Message().put(1, type);
    for (const sample of samples) profile.put(2, sample);
    return profile.raw(more.bytes);
  }

  /** Adds a resource of one scope; `attributes` are pairs of texts. */
  resource(attributes: Record<string, string>, ...profiles: Message[]): this {
    const resource = new Message();
    for (const [key, text] of Object.entries(attributes))
      resource.put(1, new Message().put(1, key).put(2, new Message().put(1, text)));
    const scope = new Message().put(1, new Message().put(1, 'sampler').put(2, '1.2'));
    for (const profile of profiles) scope.put(2, profile);
    this.resources.push(new Message().put(1, resource).put(2, scope));
    return this;
  }

  bytes(): Uint8Array {
    const dictionary = new Message();
    for (const { field, entry } of this.tables) dictionary.put(field, entry);
    for (const text of this.#strings) dictionary.put(5, text);
    const message = new Message();
    for (const resource of this.resources) message.put(1, resource);
    return Uint8Array.from(message.put(2, dictionary).bytes);
  }
}

const sample = (stack: number, values: (number | bigint)[], attributes: number[] = []): Message => {
  const message = new Message().int(1, stack);
  if (attributes.length > 0) message.packed(2, attributes);
  return values.length > 0 ? message.packed(4, values) : message;
};

/** Two metrics of the same samples, attributes of every kind, a link, a mapping. */
function attributes(): Uint8Array {
  const file = new OtlpFile();
  const build = file.attribute('process.executable.build_id.gnu', new Message().put(1, 'ab12'));
  const mapping = new Message()
    .int(1, 0x400000)
    .int(2, 0x500000)
    .int(4, file.string('/srv/shop'))
    .packed(5, [build]);
  const at = file.entry(1, mapping);
  const nameless = file.entry(2, new Message().int(1, at).int(2, 0x400100));
  const stack = file.stack('main', 'work');
  const bare = file.entry(7, new Message().packed(1, [nameless]));
  const list = new Message().put(1, new Message().put(1, 'a')).put(1, new Message().int(2, 1));
  const pairs = new Message().put(1, new Message().put(1, 'k').put(2, new Message().int(3, -1)));
  const all = [
    file.attribute('thread.name', new Message().put(1, 'main')),
    file.attribute('thread.id', new Message().int(3, 2n ** 62n)),
    file.attribute('size', new Message().int(3, 12), 'By'),
    file.attribute('ratio', new Message().varint(4 * 8 + 1).raw(double(0.5))),
    file.attribute('yes', new Message().int(2, 1)),
    file.attribute('list', new Message().put(5, list)),
    file.attribute('pairs', new Message().put(6, pairs)),
    file.attribute('bytes', new Message().put(7, [1, 0xab])),
    file.attribute('indexed', new Message().int(8, file.string('main'))),
  ];
  const link = file.entry(
    4,
    new Message().put(1, new Uint8Array(16).fill(17)).put(2, new Uint8Array(8).fill(34)),
  );
  const rows = (values: number[]) => [
    sample(stack, [values[0]!], all),
    sample(bare, [values[1]!]).int(3, link),
    sample(0, [values[2]!]),
  ];
  const comments = new Message();
  for (const text of ['one', 'two']) comments.put(1, new Message().put(1, text));
  const comment = file.attribute('pprof.profile.comment', new Message().put(5, comments));
  const more = new Message()
    .varint(3 * 8 + 1)
    .raw(fixed64(1_700_000_000_000_000_000n))
    .int(4, 5_000_000_000)
    .put(5, new Message().int(1, file.string('cpu')).int(2, file.string('nanoseconds')))
    .int(6, 50_000_000)
    .packed(11, [comment]);
  return file
    .resource(
      { 'service.name': 'shop', 'process.command_line': '/srv/shop -v', 'host.name': 'h' },
      file.profile('samples', 'count', rows([1, 2, 3]), more),
      file.profile('cpu', 'nanoseconds', rows([10, 0, 2 ** 40])),
    )
    .bytes();
}

/** Two resources, samples at times: one for each time, or a value for each. */
function times(): Uint8Array {
  const file = new OtlpFile();
  const [main, work] = [file.stack('main'), file.stack('main', 'work')];
  const start = 1_700_000_000_000_000_000n;
  const at = (...offsets: bigint[]) => offsets.flatMap((offset) => fixed64(start + offset));
  const first = file.profile('samples', 'count', [
    sample(work, []).put(5, at(3000n, 1000n)),
    sample(main, [5]).raw(time(start + 2000n).bytes),
  ]);
  const second = file.profile('samples', 'count', [sample(main, [7, 8]).put(5, at(1500n, 4000n))]);
  return file.resource({ 'process.pid': '1' }, first).resource({ 'process.pid': '2' }, second).bytes();
}

const made: Record<string, Uint8Array> = { attributes: attributes(), times: times() };

describe('messages made by hand', () => {
  for (const [name, bytes] of Object.entries(made)) {
    test(name, () => {
      const path = join(root, 'fixtures/otlp', name, 'input.otlp');
      if (process.env['UPDATE'] === '1') {
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, bytes);
      }
      assert.ok(existsSync(path) && readFileSync(path).equals(bytes));
    });
  }
});

/** The values of each stack, set of labels and time, by text. */
function samples(profile: Profile): string[] {
  const { nodes, frames, functions, labelSets } = profile;
  const { node, values, labels, time, length } = profile.samples!;
  return Array.from({ length }, (_, i) => {
    const stack: string[] = [];
    for (let n = node[i]!; n >= 0; n = nodes.parent[n]!) {
      const f = nodes.frame[n]!;
      stack.push(`${functions.name[frames.func[f]!]}:${frames.line[f]}:${frames.address?.[f] ?? 0}`);
    }
    const set = (labelSets[labels?.[i] ?? -1] ?? []).map(
      ({ key, value, unit = '' }) => `${key}=${value}${unit}`,
    );
    return `${stack.join(' ')} {${set}} ${time?.[i] ?? ''} ${values.map((column) => column[i])}`;
  });
}

describe('what is written', () => {
  const chosen = /^(pprof|perf|cpuprofile|folded|tachyon|otlp|speedscope)\//;
  const read = ({ input, readAs, options }: Case) => readProfile(input, { format: readAs, options });
  for (const fixture of cases().filter(({ name, fails }) => !fails && chosen.test(name))) {
    test(`of ${fixture.name} is read again`, async () => {
      const profile = await read(fixture);
      const options = { otlp: { json: true } };
      const back = await otlp(await convert(await read(fixture), 'otlp'));
      assert.deepEqual(
        plain(await otlp(await convert(await read(fixture), 'otlp', { options }))),
        plain(back),
      );
      assert.deepEqual(checkProfile(back), []);
      const whole = profile.samples?.values.every((column) => column.every(Number.isSafeInteger));
      const isOdd = /not-utf8|names|odd|nameless|several-untimed/.test(fixture.name);
      // Times of many samples may be fractions of nanoseconds.
      if (!whole || isOdd || profile.samples?.time?.some((t) => !Number.isInteger(t))) return;
      assert.deepEqual(samples(back), samples(profile));
    });
  }
});

describe('JSON', () => {
  const message = (profile: object, dictionary: object) =>
    JSON.stringify({ resourceProfiles: [{ scopeProfiles: [{ profiles: [profile] }] }], dictionary });
  const tables = { stringTable: ['', 'samples', 'count', 'main'], stackTable: [{}] };
  const one = message(
    { sampleType: { typeStrindex: 1, unitStrindex: 2 }, samples: [{ values: ['3'] }] },
    tables,
  );
  test('is read a message a line, with names of either kind', async () => {
    const other = one.replace('resourceProfiles', 'resource_profiles').replace('"3"', '4');
    const { stackValues, metrics } = await otlp(`${one}\n${other}\n`);
    assert.deepEqual([metrics.length, [...stackValues![0]!]], [1, [3, 4]]);
  });
  const cases: [input: string, told: string][] = [
    ['{"resourceProfiles":[', 'otlp/bad-json: this is no JSON'],
    ['{"resourceProfiles":{}}', '(resourceProfiles): error otlp/bad-json: expected a list, got {}'],
    ['{"resourceProfiles":[3]}', '(resourceProfiles[0]): error otlp/bad-json: expected an object, got 3'],
    [
      one.replace('["3"]', '["x"]'),
      '.samples[0].values[0]): error otlp/bad-json: expected an integer of 64 bits',
    ],
    [one.replace('"main"', '7'), '(dictionary.stringTable[3]): error otlp/bad-json: expected a text, got 7'],
    [message({ profileId: 'xyz' }, {}), 'expected hexadecimal digits, got "xyz"'],
    [message({ originalPayload: '%' }, {}), 'expected base64, got "%"'],
    ['{"resourceProfiles":[]}', 'error otlp/no-profiles: there are no profiles in it'],
  ];
  for (const [input, told] of cases) {
    test(`${input.slice(0, 60)}… is refused`, async () => {
      const text = await failure(otlp(input));
      assert.ok(text.includes(told), text);
    });
  }
  test('of attributes that are nested without end is refused', async () => {
    let value: object = {};
    for (let i = 0; i < 100; i++) value = { arrayValue: { values: [value] } };
    const text = await failure(otlp(message({}, { attributeTable: [{ value }] })));
    assert.match(text, /expected less than 40 levels/);
  });
});

describe('broken messages', () => {
  const file = () => new OtlpFile();
  const cases: [name: string, bytes: Uint8Array, told: string][] = [
    ['nothing', new Uint8Array(), 'otlp/no-profiles'],
    ['cut off', made['attributes']!.subarray(0, 200), 'otlp/truncated'],
    ['a stack that is not there', stackOf(9), 'otlp/bad-index: there is no stack 9: the dictionary has 2'],
    ['an attribute that is not there', stackOf(1, [5]), 'otlp/bad-index: there is no attribute 5'],
    [
      'two values without times',
      stackOf(1, [], [1, 2]),
      'otlp/value-count: a sample has 2 values for 0 times',
    ],
    ['no value', stackOf(1, [], []), 'otlp/value-count: a sample has 0 values for 0 times'],
  ];
  function stackOf(stack: number, attributes: number[] = [], values = [1]): Uint8Array {
    const one = file();
    one.stack('main');
    return one.resource({}, one.profile('x', 'count', [sample(stack, values, attributes)])).bytes();
  }
  for (const [name, bytes, told] of cases) {
    test(name, async () => {
      const text = await failure(otlp(bytes));
      assert.ok(text.includes(told), text);
    });
  }
  test('a little input that would be many frames', async () => {
    const one = file();
    const lines = new Message();
    for (let i = 0; i < 2000; i++) lines.put(3, new Message());
    one.entry(3, new Message().int(1, one.string('f')));
    one.entry(2, lines);
    one.entry(7, new Message().packed(1, new Array<number>(20_000).fill(1)));
    assert.match(await failure(otlp(one.bytes())), /otlp\/too-deep/);
  });
  test('a little input that would be many values', async () => {
    const one = file();
    const stack = one.stack('main');
    const profiles = Array.from({ length: 5000 }, (_, i) =>
      one.profile(`m${i}`, '', [sample(stack, []).put(5, fixed64(BigInt(i)))]),
    );
    assert.match(await failure(otlp(one.resource({}, ...profiles).bytes())), /otlp\/too-many-values/);
  });
  test('that are damaged are refused, or read as something lawful', async () => {
    const damages = fc.tuple(
      fc.constantFrom(...Object.values(made)),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(damages, async ([bytes, at, byte]) => {
        const damaged = bytes.slice();
        damaged[at % bytes.length] = byte;
        try {
          assert.deepEqual(checkProfile(await otlp(damaged)), []);
        } catch (error) {
          assert.ok(error instanceof ProfileError, String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
  test('tell what they leave out', async () => {
    const one = file();
    const stack = one.stack('main');
    const odd = one.attribute('profile.frame.type', new Message().put(1, 'native'));
    const place = new Message().int(1, 1).int(2, -3);
    const at = one.entry(2, new Message().put(3, place).packed(4, [odd]));
    const other = one.entry(7, new Message().packed(1, [at]));
    const more = new Message().int(8, 3).put(9, 'pprof').put(10, [1, 2]).int(90, 1);
    const rows = [sample(stack, [1]), sample(other, [1]).raw(time(5n).bytes).int(90, 1)];
    const diagnostics = new Diagnostics();
    await otlp(one.resource({}, one.profile('x', 'count', rows, more)).bytes(), diagnostics);
    const told = printed(diagnostics);
    for (const code of ['otlp/attribute', 'otlp/bad-line', 'otlp/original', 'otlp/dropped-attributes'])
      assertTold(told, code);
    for (const code of ['otlp/unknown-field', 'otlp/some-times']) assertTold(told, code);
    await otlp(
      file()
        .resource({}, file().profile('', '', []))
        .bytes(),
      diagnostics,
    );
    assertTold(printed(diagnostics), 'otlp/no-samples');
  });
  test('and what is written tells it', async () => {
    const diagnostics = new Diagnostics();
    const text = 'main;work 1.5\n';
    await convert(Buffer.from(text), 'otlp', { format: 'folded', diagnostics });
    await convert(Buffer.from('main 1e300\n'), 'otlp', { format: 'folded', diagnostics });
    const profile = await otlp(made['attributes']!);
    profile.labelSets[0]![0]!.value = 2n ** 70n;
    profile.metrics[0]!.title = 'Samples';
    await convert(profile, 'otlp', { diagnostics });
    for (const code of ['otlp/rounded', 'otlp/too-large', 'otlp/label-number', 'otlp/left-out'])
      assertTold(printed(diagnostics), code);
  });
});

test('recognised in other binary files as little as in text', async () => {
  for (const text of ['\n\x02\n\0', 'main;work 1\n', '{"a":1}', '\n\x04\x08\x01\x10\x02'])
    assert.match(
      await failure(readProfile(Buffer.from(text))).catch(() => 'unknown-format'),
      /unknown-format/,
    );
});
