/** perf script beside its fixtures: figures against a plain count, and inputs that are large in one way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { builtin } from '../src/builtin.ts';
import { sumOf } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { type ByteInput, bytesInput } from '../src/input/byte-input.ts';
import { read } from '../src/pipeline.ts';
import type { Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { failure, readProfile, withoutWasm } from './support.ts';

interface Sample {
  /** Leaf first. */
  stack: string[];
  event: string;
  thread: number;
  period: number;
}

const EVENTS = ['cycles:u', 'sched:sched_switch'];
const names = fc.constantFrom('main', 'a::b(int)', 'operator()(x)', 'c d', 'σ', 'f->g');
const sample: fc.Arbitrary<Sample> = fc.record({
  stack: fc.array(names, { minLength: 1, maxLength: 7 }),
  event: fc.constantFrom(...EVENTS),
  thread: fc.integer({ min: 1, max: 3 }),
  period: fc.integer({ min: 0, max: 1e12 }),
});
const layout = fc.record({
  indent: fc.constantFrom('\t', '\t          ', '        ', ''),
  cpu: fc.constantFrom('', '[001] ', '[012] d..1. '),
  end: fc.constantFrom('\n', '\r\n'),
  comment: fc.constantFrom('', '# note\n'),
  timed: fc.boolean(),
});

type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function script(samples: Sample[], { indent, cpu, end, comment, timed }: Layout): string {
  return samples
    .map(({ stack, event, thread, period }, i) => {
      const time = timed ? `100.${String(i).padStart(6, '0')}: ` : '';
      const frames = stack.map((name, d) => `${indent}${(4096 + d).toString(16)} ${name}+0x1 (/bin/x)${end}`);
      return `shop ${thread}  7/${thread} ${cpu}${time} ${period} ${event}: ${end}${frames.join('')}${end}${comment}`;
    })
    .join('');
}

/** Totals by function, counted stack by stack. */
function counted(samples: Sample[], weight: (sample: Sample) => number): Map<string, number> {
  const totals = new Map<string, number>();
  for (const one of samples)
    for (const name of new Set(one.stack)) totals.set(name, (totals.get(name) ?? 0) + weight(one));
  return totals;
}

function totals(profile: Profile, event: string): Map<string, number> {
  const { nodes, frames, functions, metrics } = coarsen(profile, { by: 'function' });
  const m = metrics.findIndex(({ name }) => name === event);
  const found = new Map<string, number>();
  for (let n = 0; n < nodes.length; n++)
    found.set(functions.name[frames.func[nodes.frame[n]!]!]!, Number(nodes.total[m]![n]));
  return found;
}

test('totals are those of a plain count over the stacks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 30 }), layout, async (samples, how) => {
      const bytes = Buffer.from(script(samples, how));
      for (const weight of ['period', 'samples']) {
        const profile = await readProfile(bytes, { format: 'perf', options: { perf: { weight } } });
        const used = EVENTS.filter((event) => samples.some((one) => one.event === event));
        assert.deepEqual(profile.metrics.map(({ name }) => name).sort(), used);
        for (const event of used) {
          const value = (one: Sample) => (one.event !== event ? 0 : weight === 'samples' ? 1 : one.period);
          assert.deepEqual(
            new Map([...totals(profile, event)].sort()),
            new Map([...counted(samples, value)].sort()),
          );
        }
        assert.deepEqual(
          profile.samples!.labels!.toReversed().map((set) => profile.labelSets[set]!.length),
          new Int32Array(samples.length).fill(how.cpu === '' ? 3 : 4),
        );
      }
    }),
    { numRuns: 60 },
  );
});

const line = fc.constantFrom(
  '\t1000 main+0x1 (/bin/x)\n',
  '\t1000 main+0x1 (/bin/x)\n',
  '\t1008 main+0x9 (/bin/x)\n',
  '\t2000 f (/bin/x)\n',
  '\t2000 f (/bin/x)\n',
  '\t2000 f (/bin/x) \n',
  '        2000 f (/bin/x)\n',
  '2000 f (/bin/x)\n',
  '\t2000 g (inlined)\n',
  '\t2000 h->i (/tmp/perf-1.map)\n',
  '\t3000 [unknown] ([unknown])\n',
  '\t4000 j (/bin/x)\r\n',
  '  shop.c:12\n',
  '  shop.c:13 (inlined)\n',
  ' ABI:2 AX:0x1\n',
  '# note\n',
  'what is this?\n',
  `\t5000 ${'long'.repeat(1 << 16)} (/bin/x)\n`,
);
const header = fc.constantFrom(
  'shop 7 100.000000: 2 cycles: \n',
  'shop 7 100.000000: 2 cycles: \n',
  'shop 7 100.000001: 3 cycles:\r\n',
  '   shop 7/8 [001] 99.5:   12345678901234567 cycles:u: \n',
  '\tshop 8 1234567890123456.0: 3 cycles: \n',
  'shop 7 100.000000: cycles: \n',
  'shop 7 100.000000: 7 : \n',
  'shop 7 100.000000: 7: \n',
  'shop 7 100.000000: 7\n',
  'shop 7 100.0000000001: 7 cycles: \n',
  'shop: 7 100.000000: 2 cycles: \n',
  'shop 1.0: 7 100.000000: 2 cycles: \n',
  'shop 7 cycles: \n',
  'beef 7 100.000000: 2 cycles: \n',
  '100.000000: 2 cycles: \n',
  ' ABI:2 AX:0x1 1.0: 2 cycles: \n',
  ' insn: 90 1.0: 2 cycles: \n',
  'shop 7 2026-10-01 10:00:00.123456 100.000000: 2 cycles: \n',
  'shop 7 100.000000: 2 faults: 1000 main (/bin/x)\n',
  'shop 7 100.000000: 2 sched:sched_switch: prev_comm=a\n',
  'shop 7 101.000000: PERF_RECORD_LOST: 1\n',
  '# shop 7 100.000000: 2 cycles: \n',
);
const blank = fc.constantFrom('\n', '\n', ' \n', '\r\n', '\t \r\n', '\n\n', '');

/** Reads a script that comes in pieces. */
async function readAll(text: string, piece: number, options: Record<string, string>) {
  const bytes = bytesInput(Buffer.from(text));
  const input: ByteInput = { read: (into) => bytes.read(into.subarray(0, piece)) };
  const diagnostics = new Diagnostics();
  const settings = {
    registry: builtin,
    diagnostics,
    name: 'input',
    format: 'perf',
    options: { perf: options },
  };
  try {
    const { nodes, samples, frames, functions, labelSets, metrics, meta } = await read(input, settings);
    const parts = {
      nodes: { ...nodes },
      samples: { ...samples },
      frames,
      functions,
      labelSets,
      metrics,
      meta,
    };
    return { told: diagnostics.list(), ...parts };
  } catch (error) {
    return { told: diagnostics.list(), error };
  }
}

test('without WebAssembly all is the same', async () => {
  const record = fc.tuple(header, fc.array(line), blank);
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1 }),
      fc.nat(2),
      fc.constantFrom(100, 1000, 1 << 20),
      fc.constantFrom<Record<string, string>>(
        {},
        { weight: 'time' },
        { events: 'together' },
        { empty: 'drop' },
      ),
      async (records, times, piece, options) => {
        const texts = records.map(([head, lines, end]) => `${head}${lines.join('')}${end}`).join('');
        // Long lines make much of it.
        const text = texts.repeat(texts.length > 1e5 ? 2 : 8 ** times);
        const quick = await readAll(text, piece, options);
        assert.deepEqual(quick, await withoutWasm(() => readAll(text, piece, options)));
      },
    ),
    { numRuns: 120 },
  );
});

test('stacks that are alike but for their ends take no time', async () => {
  const record = (depth: number) =>
    `shop 7 1.000001: cycles: \n${'\t1 f (/bin/x)\n'.repeat(depth)}\t${depth} main (/bin/x)\n\n`;
  const text = Array.from({ length: 500 }, (_, i) => record(2000 - i)).join('');
  const start = process.cpuUsage();
  await readProfile(Buffer.from(text), { format: 'perf' });
  assert.ok(process.cpuUsage(start).user < 2e6);
});

test('stacks are as deep as they come', async () => {
  const frames = Array.from({ length: 100_000 }, (_, i) => `\t${(i + 1).toString(16)} f${i % 3} (/bin/x)\n`);
  const text = `shop 7 1.0: 5 cycles: \n${frames.join('')}\n`;
  const profile = await readProfile(Buffer.from(text + text), { options: { perf: { weight: 'period' } } });
  assert.equal(profile.nodes.length, 100_000);
  assert.equal(sumOf(profile.nodes.self[0]!), 10);
});

test('events without end are refused', async () => {
  const records = Array.from({ length: 16_500 }, (_, i) => `shop 7 1.000001: e${i}: \n\t1 main (/bin/x)\n\n`);
  assert.match(
    await failure(readProfile(Buffer.from(records.join('')))),
    /error perf\/too-many-events: 16500/,
  );
});

test('lines that are long in any part take no time', async () => {
  const long = 100_000;
  const lines = [
    `${'a b '.repeat(long)} 7 1.000001: cycles: `,
    `shop 7 1.000001: cycles: ${'1.2: '.repeat(long)}`,
    `shop 7 cycles: ${'x: '.repeat(long)}`,
    `${'9 '.repeat(long)}cycles: `,
    `\t1 ${'( '.repeat(long)}(/bin/x)`,
    `\t1 f(${'->'.repeat(long)} (/tmp/perf-1.map)`,
    `  ${'0x1/0x1/'.repeat(long)}!`,
    `  ${'a[1'.repeat(long)}`,
    `${' '.repeat(long)}x${' '.repeat(long)}`,
    `shop 7 1.000001: 1 faults:  ffffffff817554ea ${'a/'.repeat(long)}`,
    `shop 7 1.000001: 1 faults:  ffffffff817554ea x${' '.repeat(long)}y`,
    `shop 7 1.000001: 1 faults: ${' ffffffff817554ea'.repeat(long)} y`,
    'shop 7 1.000001: 1 faults:  ffffffff817554ea f\u0003 x',
  ];
  const text = `shop 7 1.000001: cycles: \n\t1 main (/bin/x)\n${lines.join('\n')}\n`;
  const start = process.cpuUsage();
  await readProfile(Buffer.from(text), { format: 'perf' });
  assert.ok(process.cpuUsage(start).user < 2e6);
});
