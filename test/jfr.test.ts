/** Java Flight Recorder: what the JDK's own reader says of a recording, and recordings of all kinds that are counted. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { className, signature } from '../converters/stacks/jfr/java-names.ts';
import { chunk, event, type JfrEvent, type JfrMethod, varint } from './jfr-encoder.ts';
import { convert, failure, readProfile, root } from './support.ts';

const MAIN: JfrMethod = { className: 'shop/Main', name: 'main', descriptor: '([Ljava/lang/String;)V' };
const PRICE: JfrMethod = { className: 'shop/Price', name: 'of', descriptor: '(I)J' };
const PRICES: JfrMethod = { className: 'shop/Price', name: 'of', descriptor: '([Lshop/Item$Kind;J)J' };
const NATIVE: JfrMethod = { className: '', name: 'read' };

const sample = (time: number, more: Partial<JfrEvent> = {}): JfrEvent => ({
  type: 'jdk.ExecutionSample',
  time,
  stack: [
    [PRICE, 12],
    [MAIN, 3],
  ],
  ...more,
});

const two = Buffer.concat([
  chunk({
    startTicks: 5000,
    ticksPerSecond: 1e6,
    startNanos: 1_000_000_000n,
    types: {
      'jdk.JavaMonitorEnter': { duration: 'TICKS' },
      'jdk.ObjectAllocationInNewTLAB': { allocationSize: 'BYTES', tlabSize: 'BYTES' },
      'jdk.ObjectAllocationOutsideTLAB': { allocationSize: 'BYTES' },
      'jdk.JavaErrorThrow': { duration: 'TICKS' },
      'shop.Sale': { price: '' },
      'shop.Setting': { value: '' },
    },
    events: [
      sample(7000),
      sample(6000, {
        thread: 'worker',
        stack: [
          [PRICE, 12],
          [PRICES, 7],
          [PRICE, 14],
          [MAIN, 3],
        ],
      }),
      sample(6500, { isTruncated: true, stack: [[PRICE, 12]] }),
      {
        type: 'jdk.NativeMethodSample',
        time: 5500,
        state: 'STATE_SLEEPING',
        stack: [
          [NATIVE, -1],
          [MAIN, 4],
        ],
      },
      { type: 'jdk.JavaMonitorEnter', time: 5100, values: { duration: 250 }, stack: [[MAIN, 5]] },
      { type: 'jdk.JavaMonitorEnter', time: 5200, values: { duration: 0 } },
      {
        type: 'jdk.ObjectAllocationInNewTLAB',
        time: 5300,
        values: { allocationSize: 24, tlabSize: 4096 },
        stack: [[MAIN, 6]],
      },
      {
        type: 'jdk.ObjectAllocationOutsideTLAB',
        time: 5400,
        values: { allocationSize: 100_000 },
        stack: [[MAIN, 6]],
      },
      { type: 'jdk.JavaErrorThrow', time: 5450, values: { duration: 0 }, stack: [[MAIN, 8]] },
      { type: 'shop.Sale', time: 5460, values: { price: 12 }, stack: [[MAIN, 9]] },
      { type: 'shop.Setting', time: 5470, values: { value: 1 } },
    ],
  }),
  chunk({ startTicks: 1000, startNanos: 3_000_000_000n, scattered: true, events: [sample(2000)] }),
]);
const plain = chunk({ events: [sample(1)] });
const missing = chunk({ events: [sample(1), sample(2)] });
// The key of the second stack.
missing[78] = 9;

function changed(at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(plain);
  copy.set(bytes, at);
  return copy;
}

/** The inputs of fixtures that no JDK wrote: UPDATE=1 writes them. */
const MADE: Record<string, Buffer> = {
  'two-chunks': two,
  'missing-stacks': missing,
  'no-stacks': chunk({ events: [{ type: 'jdk.ExecutionSample', time: 1 }] }),
  'bad-value': chunk({
    types: { 'jdk.JavaMonitorWait': { duration: 'TICKS' } },
    events: [
      { type: 'jdk.JavaMonitorWait', time: 1, values: { duration: -7 }, stack: [[MAIN, 1]] },
      sample(2),
    ],
  }),
  'lost-chunk': Buffer.concat([plain, plain.subarray(0, 100)]),
  'open-chunk': Buffer.concat([plain, changed(8, ...new Array<number>(24).fill(0))]),
  'no-chunk': plain.subarray(0, 100),
  'bytes-behind': Buffer.concat([plain, Buffer.from('and more')]),
  'bad-header': changed(8, 0, 0, 0, 0, 0, 0, 0, 1),
  'unknown-version': changed(4, 0, 1),
  'fixed-integers': changed(64, 0, 0, 0, 0),
  'bad-event': changed(68, 0),
  'bad-constants': changed(plain.readInt32BE(20) + 4, 0x80, 0x01),
};

describe('jfr', () => {
  for (const [name, bytes] of Object.entries(MADE)) {
    test(`the fixture ${name} is what is written here`, () => {
      const path = join(root, 'fixtures', 'jfr', name, 'input.jfr');
      if (process.env['UPDATE'] === '1') {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
      }
      assert.ok(existsSync(path) && readFileSync(path).equals(bytes));
    });
  }

  test('has the figures that `jfr print` gives', async () => {
    const profile = await readProfile(readFileSync(join(root, 'fixtures/jfr/shop/input.jfr.gz')));
    const sums = profile.metrics.map(({ name, unit }, m) => {
      const column = profile.nodes.self[m] as Float64Array;
      return `${name} ${column.reduce((sum, value) => sum + value, 0)} ${unit}`;
    });
    assert.deepEqual(sums, [
      'samples 26 count',
      'allocated 320152040 bytes',
      'JavaMonitorEnter 795432513 nanoseconds',
      'ThreadSleep 604048575 nanoseconds',
    ]);
    assert.equal(profile.samples?.length, 26 + 153 + 66 + 118);
  });

  test('times are told from the earliest chunk, whatever their order', async () => {
    const at = (startNanos: bigint) => chunk({ startNanos, events: [sample(5)] });
    const [first, second] = [at(1_000_000_000n), at(4_000_000_000n)];
    for (const bytes of [Buffer.concat([first, second]), Buffer.concat([second, first])]) {
      const { samples, meta } = await readProfile(bytes, { format: 'jfr' });
      assert.deepEqual([...samples!.time!], [5, 3_000_000_005]);
      assert.deepEqual([meta.startTime, meta.duration], [1_000_000_000n, 4_000_000_000]);
    }
  });

  test('an event that goes on behind its chunk is told', async () => {
    const over = changed(68, 0x80 | 100, 100);
    assert.match(
      await failure(readProfile(over, { format: 'jfr' })),
      /error jfr\/bad-chunk: an event that goes on/,
    );
  });

  test('methods of one name are kept apart if that is wanted', async () => {
    const apart = await readProfile(two, { format: 'jfr', options: { jfr: { signatures: true } } });
    assert.deepEqual(
      apart.functions.name.filter((name) => name.includes('Price')),
      ['shop.Price.of(int)', 'shop.Price.of(Kind[], long)'],
    );
    const together = await readProfile(two, { format: 'jfr' });
    assert.deepEqual(
      together.functions.name.filter((name) => name.includes('Price')),
      ['shop.Price.of'],
    );
  });

  test('names as the JVM spells them', () => {
    assert.equal(className('java/util/Map$Entry'), 'java.util.Map$Entry');
    assert.equal(className('[[J'), 'long[][]');
    assert.equal(className('[Ljava/lang/String;'), 'java.lang.String[]');
    assert.equal(
      className('shop/Main$$Lambda$14/0x0000000800c03000'),
      'shop.Main$$Lambda$14/0x0000000800c03000',
    );
    assert.equal(signature('()V'), '()');
    assert.equal(
      signature('(ZBCSIJFD[I[[Ljava/lang/Object;)[J'),
      '(boolean, byte, char, short, int, long, float, double, int[], Object[][])',
    );
    assert.equal(signature(''), '');
    assert.equal(signature('(Lscala/Predef$;)V'), '(Predef$)');
    assert.equal(className('a/b/c'), 'a.b.c');
    assert.equal(signature(`(${'L'.repeat(100_000)})V`).length, 100_002);
  });

  const methods = fc.constantFrom(MAIN, PRICE, PRICES, NATIVE);
  const stacks = fc.array(fc.tuple(methods, fc.nat(3)), { maxLength: 5 });
  const events = fc.array(
    fc.record({
      type: fc.constantFrom('jdk.ExecutionSample', 'jdk.NativeMethodSample', 'shop.Sale'),
      time: fc.nat(1000),
      thread: fc.constantFrom('main', 'worker', ''),
      stack: stacks as fc.Arbitrary<[JfrMethod, number][]>,
    }),
    { maxLength: 12 },
  );
  const METRICS: Record<string, string> = {
    'jdk.ExecutionSample': 'samples',
    'jdk.NativeMethodSample': 'native-samples',
    'shop.Sale': 'shop.Sale',
  };

  test('stacks of any recording are counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(events, fc.boolean()), { minLength: 1, maxLength: 3 }),
        async (chunks) => {
          const bytes = Buffer.concat(chunks.map(([events, scattered]) => chunk({ events, scattered })));
          const all = chunks.flatMap(([events]) => events);
          for (const [type, metric] of Object.entries(METRICS)) {
            const own = all.filter((one) => one.type === type);
            if (own.every(({ stack }) => stack.length === 0)) continue;
            const expected = new Map<string, number>();
            for (const { stack } of own) {
              const names = stack.map(([{ className, name }]) =>
                [className.replaceAll('/', '.'), name].filter(Boolean).join('.'),
              );
              const line = names.reverse().join(';') || '(empty stack)';
              expected.set(line, (expected.get(line) ?? 0) + 1);
            }
            const folded = await convert(await readProfile(bytes, { format: 'jfr' }), 'folded', {
              transforms: { metric },
            });
            assert.deepEqual(
              folded.toString().trimEnd().split('\n').sort(),
              [...expected].map(([line, count]) => `${line} ${count}`).sort(),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('of a real recording that is cut off there is one error, or what it holds', async () => {
    const whole = gunzipSync(readFileSync(join(root, 'fixtures/jfr/shop/input.jfr.gz')));
    for (let length = 0; length < whole.length; length += 9973)
      assert.match(
        await failure(readProfile(whole.subarray(0, length), { format: 'jfr' })),
        /error jfr\/(no-chunk|bad-header)|error input\/empty/,
      );
  });

  test('what takes no bytes is not read a billion times', async () => {
    const bytes = chunk({ events: [sample(1)] });
    const constants = Number(bytes.readBigInt64BE(16));
    const many = event(1, [0, 0, 0, 0, 1, ...varint(31), ...varint(2 ** 40)]);
    const bad = Buffer.concat([bytes.subarray(0, constants), Buffer.from(many)]);
    bad.writeBigInt64BE(BigInt(bad.length), 8);
    assert.match(
      await failure(readProfile(bad, { format: 'jfr' })),
      /error jfr\/bad-chunk: 1099511627776 of something/,
    );
  });
});
