/** line_profiler's files: numbers of all sizes, and what is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { Instance, pickled, Tuple } from './pickle-encoder.ts';
import { type Line, lineStats } from './python-pickles.ts';
import { assertTold, failure, printed, readProfile } from './support.ts';

async function read(bytes: Uint8Array): Promise<{ profile: Profile; told: string }> {
  const diagnostics = new Diagnostics();
  const profile = await readProfile(bytes, { format: 'lprof', diagnostics });
  return { profile, told: printed(diagnostics) };
}

const one = (lines: Line[], unit?: number) => lineStats([['a.py', 1, 'f', lines]], unit);
const refusal = (bytes: Uint8Array) => failure(readProfile(bytes, { format: 'lprof' }));

describe('numbers', () => {
  test('beyond 2^53 stay exact', async () => {
    const { profile, told } = await read(
      one([
        [2, 3n, 2n ** 60n + 1n],
        [3, 2n ** 54n + 1n, 1],
      ]),
    );
    assert.equal(told, '');
    assert.deepEqual(profile.nodes.self, [
      BigInt64Array.of(2n ** 60n + 2n),
      BigInt64Array.of(2n ** 54n + 4n),
    ]);
    assert.deepEqual(profile.lines!.values[0], BigInt64Array.of(2n ** 60n + 1n, 1n));
  });
  test('whose sum is beyond 2^53 are added exactly', async () => {
    const { profile } = await read(
      one([
        [2, 1, 2 ** 53 - 1],
        [3, 1, 2],
      ]),
    );
    assert.deepEqual(profile.nodes.total[0], BigInt64Array.of(2n ** 53n + 1n));
  });
  test('beyond 2^63, or beside fractions, are rounded with a warning', async () => {
    for (const lines of [
      [[2, 1, 2n ** 63n]],
      [
        [2, 1, 2n ** 60n + 1n],
        [3, 1, 0.5],
      ],
    ] as Line[][]) {
      const { profile, told } = await read(one(lines));
      assertTold(told, 'lprof/rounded');
      assert.ok(profile.nodes.self[0] instanceof Float64Array);
    }
  });
  test('are in the unit of the file', async () => {
    for (const [unit, name] of [
      [1, 'seconds'],
      [1e-3, 'milliseconds'],
      [1e-6, 'microseconds'],
      [1e-9, 'nanoseconds'],
    ] as const) {
      const { profile, told } = await read(one([[2, 1, 7]], unit * (1 + 1e-15)));
      assert.deepEqual([profile.metrics[0]!.unit, profile.nodes.self[0]![0], told], [name, 7, '']);
    }
  });
  test('of a tick of some nanoseconds are multiplied exactly', async () => {
    const { profile, told } = await read(
      one(
        [
          [2, 1, 123],
          [3, 1, 2n ** 53n + 1n],
        ],
        1e-7,
      ),
    );
    assert.equal(told, '');
    assert.equal(profile.metrics[0]!.unit, 'nanoseconds');
    assert.deepEqual(profile.lines!.values[0], BigInt64Array.of(12300n, 100n * (2n ** 53n + 1n)));
  });
  test('of any other tick are converted with a note', async () => {
    const { profile, told } = await read(one([[2, 1, 1000]], 2.5e-10));
    assertTold(told, 'lprof/odd-unit', /a tick takes 2\.5e-10 s/);
    assert.deepEqual([profile.metrics[0]!.unit, profile.nodes.self[0]![0]], ['nanoseconds', 250]);
  });
});

describe('files', () => {
  test('that only pickled a function twice add it up', async () => {
    const timings = new Map(
      [0, 1].map((i) => [new Tuple('a.py', 1, 'f'), [new Tuple(2 + i, 1, 5)]] as const),
    );
    const { profile } = await read(pickled(new Instance('x.LineStats', { timings, unit: 1e-6 })));
    assert.deepEqual([...profile.nodes.self[0]!], [10]);
  });
  test('with something behind the pickle are read with a warning', async () => {
    const { told } = await read(Buffer.concat([one([]), Buffer.from('rest')]));
    assertTold(told, 'lprof/more-bytes', /^.*4 bytes behind the pickle are left out/);
  });
});

describe('refused is', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    [
      'another object',
      pickled(new Instance('os.Stats', {})),
      /lprof\/no-line-stats: the pickle holds an object os\.Stats, not/,
    ],
    ['a dictionary', pickled(new Map()), /lprof\/no-line-stats: the pickle holds a dictionary, not/],
    ['a list', pickled([]), /lprof\/no-line-stats: the pickle holds a list, not/],
    ['nothing', pickled(null), /lprof\/no-line-stats: the pickle holds None, not/],
    ['a number', pickled(1), /lprof\/no-line-stats: the pickle holds a number, not/],
    [
      'no dictionary of timings',
      pickled(new Instance('m.LineStats', { timings: [], unit: 1 })),
      /\(timings\): error lprof\/bad-timings: expected a dictionary/,
    ],
    ['no state', pickled(new Instance('m.LineStats', {})), /\(timings\): error lprof\/bad-timings/],
    ['no unit', lineStats([], null), /\(unit\): error lprof\/bad-unit: expected the seconds of a tick/],
    ['a unit of 0', lineStats([], 0), /lprof\/bad-unit/],
    ['an endless unit', lineStats([], 10n ** 400n), /lprof\/bad-unit/],
    [
      'a function of no file',
      lineStats([[null, 1, 'f', []]]),
      /\(timings\[0\]\): error lprof\/bad-timings: expected \(file, line, name\)/,
    ],
    ['a function of no name', lineStats([['a', 1, 2, []]]), /expected \(file, line, name\)/],
    ['a function of a negative line', lineStats([['a', -1, 'f', []]]), /expected \(file, line, name\)/],
    ['a function of a far line', lineStats([['a', 2 ** 31, 'f', []]]), /expected \(file, line, name\)/],
    [
      'a line that is a text',
      one([['2', 1, 1]]),
      /\(timings\[0\]\[0\]\): error lprof\/bad-timings: expected \(line, hits, time\)/,
    ],
    ['hits that are none', one([[2, null, 1]]), /expected \(line, hits, time\)/],
    [
      'a time that is none',
      one([
        [1, 1, 1],
        [2, 1, 'x'],
      ]),
      /\(timings\[0\]\[1\]\)/,
    ],
    [
      'a row of two',
      pickled(
        new Instance('m.LineStats', {
          timings: new Map([[new Tuple('a', 1, 'f'), [new Tuple(1, 2)]]]),
          unit: 1,
        }),
      ),
      /expected \(line, hits, time\)/,
    ],
    [
      'lines that are no list',
      pickled(new Instance('m.LineStats', { timings: new Map([[new Tuple('a', 1, 'f'), 7]]), unit: 1 })),
      /\(timings\[0\]\): error lprof\/bad-timings: expected a list of lines/,
    ],
  ];
  for (const [what, bytes, expected] of cases)
    test(what, async () => assert.match(await refusal(bytes), expected));

  test('a list of lines that all functions share', async () => {
    const lines = `](${'(K\x01K\x01K\x01t'.repeat(1000)}eq\x00`;
    const functions = Array.from(
      { length: 1000 },
      (_, i) => `(U\x01aM${String.fromCharCode(i & 255, i >> 8)}U\x01fth\x00`,
    );
    const start = `\x80\x02cm\nLineStats\n)\x81}(U\x04unitK\x01U\x07timings}(${lines}N${functions.join('')}uub.`;
    const text = await refusal(Buffer.from(start.replace('q\x00N', 'q\x000'), 'latin1'));
    assert.match(text, /error lprof\/too-large: more lines than a file of this size can hold/);
  });
  test('a table without a unit', async () => {
    const header = 'Line #      Hits         Time  Per Hit   % Time  Line Contents\n';
    assert.match(
      await refusal(Buffer.from(header)),
      /^input:1: error lprof\/no-unit: a table without a timer unit/,
    );
  });
  test('a unit that is none', async () => {
    assert.match(
      await refusal(Buffer.from('Timer unit: fast s\n')),
      /^input:1: error lprof\/bad-unit: .*got "fast"/,
    );
  });
});
