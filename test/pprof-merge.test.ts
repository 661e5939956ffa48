/** Sums and differences as pprof files: what they say of the whole, as Go's own merge has it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ProfileBuilder } from '../src/builder.ts';
import { Combination } from '../src/combine.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { difference } from '../src/difference.ts';
import type { Profile } from '../src/profile.ts';
import { PprofFile } from './pprof-file.ts';
import { convert, needs, readProfile } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-merge-'));
after(() => rmSync(directory, { recursive: true }));

interface Said {
  drop?: string;
  time?: bigint;
  duration?: number;
  period?: number;
  comment: string;
  chosen?: string;
  doc?: string;
  /** Value of `a;b`, whose label is there if `labelled`. */
  value: number;
  labelled?: boolean;
}

function fileOf({ drop, time, duration, period, comment, chosen, doc, value, labelled }: Said): Uint8Array {
  const file = new PprofFile().type('samples', 'count').type('cpu', 'nanoseconds').functions('a', 'b');
  file.add(11, file.valueType('cpu', 'nanoseconds'));
  const labels = labelled ? [{ key: 'thread', text: 'main' }] : [];
  file.sample({ stack: [2, 1], values: [1, value], labels }).sample({ stack: [1], values: [1, 5] });
  const texts = { 7: drop ?? '', 13: comment, 14: chosen ?? '', 15: doc ?? '' };
  return file.bytes({
    ...Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, file.string(text)])),
    9: time ?? 0,
    10: duration ?? 0,
    12: period ?? 0,
  });
}

const inputs = [
  fileOf({ time: 300n, duration: 10, period: 7, comment: 'first', drop: 'never', value: 3, labelled: true }),
  fileOf({
    time: 200n,
    duration: 20,
    period: 9,
    comment: 'second',
    chosen: 'cpu',
    doc: 'https://a.b',
    value: 4,
  }),
  fileOf({ time: 400n, duration: 30, period: 8, comment: 'first', drop: 'other', value: 5, labelled: true }),
];

const read = (bytes: Uint8Array): Promise<Profile> => readProfile(bytes, { format: 'pprof' });

async function sum(): Promise<Profile> {
  const all = new Combination(new Diagnostics());
  for (const bytes of inputs) all.add(await read(bytes));
  return all.finish();
}

/** What a profile says of the whole, and its samples in words. */
function said({ meta, functions, frames, labelSets, stacks, stackValues, stackDetails }: Profile): unknown {
  const { tables: _, docUrl: __, ...raw } = meta.raw!['pprof'] as Record<string, unknown>;
  const { startTime, duration, period, comments, defaultMetric } = meta;
  const samples = Array.from({ length: stacks!.length }, (_, i) => {
    const names = Array.from(stacks!.frame.subarray(stacks!.start[i]!, stacks!.start[i + 1]!), (frame) => {
      return functions.name[frames.func[frame]!]!;
    });
    const set = labelSets[stackDetails?.labels?.[i] ?? -1] ?? [];
    return `${names.join(';')} ${stackValues!.map((column) => column[i]).join(' ')} ${JSON.stringify(set)}`;
  });
  return { startTime, duration, period, comments, defaultMetric, raw, samples: samples.sort() };
}

test('the sum says what its parts say: the earliest time, the longest period, all comments, first texts', async () => {
  const back = await read(await convert(await sum(), 'pprof'));
  const metric = { name: 'cpu', unit: 'nanoseconds' };
  assert.deepEqual(said(back), {
    startTime: 200n,
    duration: 60,
    period: { metric, value: 9 },
    comments: ['first', 'second'],
    defaultMetric: 1,
    raw: { dropFrames: 'never', defaultSampleType: 'cpu' },
    samples: ['a 3 15 []', 'a;b 1 4 []', 'a;b 2 8 [{"key":"thread","value":"main"}]'],
  });
  assert.equal((back.meta.raw!['pprof'] as { docUrl: string }).docUrl, 'https://a.b');
});

test('and so does what Go makes of them', { skip: needs('go') }, async () => {
  const paths = inputs.map((bytes, i) => {
    writeFileSync(join(directory, `${i}.pb`), bytes);
    return join(directory, `${i}.pb`);
  });
  const output = join(directory, 'sum.pb.gz');
  execFileSync('go', ['tool', 'pprof', '-proto', `-output=${output}`, ...paths], { stdio: 'ignore' });
  const [ours, theirs] = [await read(await convert(await sum(), 'pprof')), await read(readFileSync(output))];
  assert.deepEqual(said(ours), said(theirs));
});

test('percentages of a difference that was written refer to its base again', async () => {
  const [profile, base] = [await read(inputs[0]!), await read(inputs[2]!)];
  const change = difference(profile, { profile: base, shareOf: 'base' }, new Diagnostics());
  const back = await read(await convert(change, 'pprof'));
  assert.deepEqual(back.whole!.sum, [2, 10]);
  assert.deepEqual(back.whole!.sum, change.whole!.sum);
  assert.deepEqual(back.whole!.maxSelf, change.whole!.maxSelf);
});

test('functions that are written alike are one', async () => {
  const builder = new ProfileBuilder([{ name: 'samples', unit: 'count' }]);
  for (const column of [1, 2])
    builder.frame(builder.function('f', { file: 'a.js', line: 7, column }), { line: 8 });
  const stacks = { length: 2, start: Uint32Array.of(0, 1, 2), frame: Int32Array.of(0, 1) };
  const back = await read(await convert(builder.stacks(stacks, [Float64Array.of(3, 4)]), 'pprof'));
  assert.deepEqual(back.functions.name, ['f']);
  assert.deepEqual(back.nodes.self, [Float64Array.of(7)]);
});
