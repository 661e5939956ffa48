/** Tachyon: its binary recordings, written by an encoder of our own in all their forms. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { zstdStored } from './compress.ts';
import { assertTold, dump, failure, printed, readProfile, root } from './support.ts';
import {
  sampleBytes,
  type TachyonFile,
  type TachyonSample,
  tachyonBytes,
  varint,
} from './tachyon-encoder.ts';

const STRINGS = ['/srv/jobs.py', 'main', 'step', '~', '<GC>', '<native>', '/srv/ärger.py', 'é'];
const FRAMES = [
  { file: 0, name: 1, line: 30, column: 4 },
  { file: 0, name: 1, line: 31, column: 4 },
  { file: 0, name: 2, line: 12, column: 0, opcode: 30 },
  { file: 0, name: 2, line: 12, column: 0, opcode: 31 },
  { file: 3, name: 4, line: 0 },
  { file: 3, name: 5, line: -1 },
  { file: 6, name: 7, line: 1 },
];
/** What a frame is read as: those that differ in their instruction are one. */
const NAMES = ['main:30', 'main:31', 'step:12', 'step:12', '<GC>:0', '<native>:0', 'é:1'];

function read(file: TachyonFile, diagnostics = new Diagnostics()): Promise<Profile> {
  return readProfile(tachyonBytes(file), { diagnostics });
}

/** Time, thread and stack of each sample, in order. */
function samplesOf({ nodes, frames, functions, samples, labelSets }: Profile): string[] {
  return Array.from({ length: samples!.length }, (_, i) => {
    const stack: string[] = [];
    for (let n = samples!.node[i]!; n >= 0; n = nodes.parent[n]!) {
      const frame = nodes.frame[n]!;
      stack.push(`${functions.name[frames.func[frame]!]}:${frames.line[frame]}`);
    }
    const labels = labelSets[samples!.labels![i]!]!.map(({ key, value }) => `${key}=${value}`);
    return `${samples!.time![i]} ${labels} ${stack.reverse().join(';')}`;
  });
}

const samples: fc.Arbitrary<TachyonSample[]> = fc
  .array(
    fc.record({
      thread: fc.constantFrom<number | bigint>(140_681_106_193_280, 2n ** 63n + 1n),
      interpreter: fc.constantFrom(0, 1),
      stack: fc.array(fc.nat(FRAMES.length - 1), { maxLength: 4 }),
      delta: fc.nat(2000),
      status: fc.nat(255),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) => {
    let time = 0;
    return list.map(({ delta, ...sample }) => ({ ...sample, time: (time += delta) }));
  });

test('all forms of records give the samples that were written', async () => {
  const file = fc.record({ samples, little: fc.boolean(), zstd: fc.boolean() });
  const property = fc.asyncProperty(file, async ({ samples, little, zstd }) => {
    const diagnostics = new Diagnostics();
    const pack = zstd ? { pack: zstdStored } : {};
    const profile = await read({ strings: STRINGS, frames: FRAMES, samples, little, ...pack }, diagnostics);
    assert.deepEqual(checkProfile(profile), []);
    assert.equal(printed(diagnostics), '');
    const expected = samples.map(({ thread, interpreter, time, status = 0, stack }) => {
      const said = ['has the GIL', 'on CPU', 'unknown', 'waits for the GIL', 'exception', 'main thread'];
      const labels = [
        `thread=${thread}`,
        ...(interpreter ? [`interpreter=${interpreter}`] : []),
        ...(status & 63 ? [`status=${said.filter((_, bit) => status & (1 << bit)).join(', ')}`] : []),
      ];
      const names = stack.length > 0 ? stack.map((frame) => NAMES[frame]) : ['(empty stack):0'];
      return `${time * 1000} ${labels} ${names.join(';')}`;
    });
    assert.deepEqual(samplesOf(profile).sort(), expected.sort());
    assert.deepEqual(profile.samples!.time, profile.samples!.time!.slice().sort());
  });
  await fc.assert(property, { numRuns: 200 });
});

const SAMPLES: TachyonSample[] = [
  { thread: 11, time: 1000, status: 35, stack: [0, 2] },
  { thread: 12, time: 1100, stack: [6] },
  { thread: 11, time: 2000, status: 3, stack: [0, 2, 4] },
  { thread: 11, time: 3000, status: 3, stack: [0, 2, 4] },
  { thread: 11, time: 4000, status: 8, stack: [0, 2, 4] },
  { thread: 12, time: 2100, stack: [6] },
  { thread: 11, time: 5000, status: 3, stack: [1, 5] },
  { thread: 11, time: 6000, status: 3, stack: [] },
];
const FILE: TachyonFile = { strings: STRINGS, frames: FRAMES, samples: SAMPLES, duration: 0.0075 };

describe('fixtures', () => {
  const cases: Record<string, Buffer> = {
    binary: tachyonBytes(FILE),
    'binary-big-endian': tachyonBytes({ ...FILE, little: false }),
    'binary-truncated': tachyonBytes(FILE).subarray(0, 200),
    'binary-short': tachyonBytes(FILE).subarray(0, 70),
    'later-version': tachyonBytes({ ...FILE, version: 2 }),
    'unknown-compression': tachyonBytes({ ...FILE, compression: 2 }),
    'other-count': tachyonBytes({ ...FILE, sampleCount: 9 }),
    'no-samples': tachyonBytes({ ...FILE, samples: [] }),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    test(name, () => {
      const path = join(root, 'fixtures/tachyon', name, 'input.bin');
      if (process.env['UPDATE'] === '1') writeFileSync(path, bytes);
      else assert.ok(readFileSync(path).equals(bytes), `${path} is not what the encoder writes`);
    });
  }
  test('in either byte order, and compressed, are the same', async () => {
    const read = async (name: string) => dump(await readProfile(`fixtures/tachyon/${name}/input.bin`));
    assert.equal(await read('binary-big-endian'), await read('binary'));
    assert.equal(await read('binary-zstd'), await read('binary'));
  });
});

describe('hostile recordings', () => {
  const told = async (file: Partial<TachyonFile>, code: string, what?: RegExp) =>
    assertTold(await failure(read({ ...FILE, ...file })), code, what);
  const head = [...new Array(12).fill(0)];
  const full = (...bytes: number[]) => Uint8Array.from([...head, 1, 0, 0, ...bytes]);

  test('a stack that is larger than the file', () =>
    told({ sampleBytes: full(...varint(2 ** 40)) }, 'tachyon/bad-count', /1099511627776 items in 0 bytes/));
  test('more repetitions than bytes', () =>
    told(
      { sampleBytes: Uint8Array.from([...head, 0, ...varint(9), 0, 0]) },
      'tachyon/bad-count',
      /9 items in 2 bytes/,
    ));
  test('a frame that is not there', () =>
    told({ sampleBytes: full(1, 7) }, 'tachyon/bad-index', /frame 7 of 7/));
  test('a string that is not there', () =>
    told({ frames: [{ file: 0, name: 8, line: 1 }] }, 'tachyon/bad-index', /string 8 of 8/));
  test('a stack that has fewer frames than are shared', () =>
    told(
      { sampleBytes: Uint8Array.from([...head, 2, 0, 0, 1, 0]) },
      'tachyon/bad-stack',
      /1 frames of a stack of 0/,
    ));
  test('a record of no kind', () =>
    told({ sampleBytes: Uint8Array.from([...head, 4]) }, 'tachyon/bad-record', /kind 4/));
  test('a record that is cut off', () =>
    told({ sampleBytes: sampleBytes(SAMPLES).subarray(0, -3) }, 'tachyon/truncated', /are left/));
  test('numbers that are too large', async () => {
    await told(
      { sampleBytes: Uint8Array.from([...head, 1, ...new Array(9).fill(255), 1]) },
      'tachyon/bad-number',
      /2\^53/,
    );
    await told(
      { sampleBytes: Uint8Array.from([...head, 1, ...new Array(11).fill(128)]) },
      'tachyon/bad-number',
      /ten bytes/,
    );
  });
  test('damaged zstd', () =>
    told({ pack: () => Buffer.from('no zstd') }, 'tachyon/bad-compression', /damaged/));
  test('a little zstd that becomes very much', () => {
    // Blocks of one byte that is repeated 131,072 times.
    const block = Buffer.from([0x02, 0x00, 0x10, 0x00]);
    const start = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
    const bomb = Buffer.concat([start, ...new Array(100).fill(block)]);
    return told({ pack: () => bomb }, 'tachyon/too-large', /8 samples take more than 8388608 bytes/);
  });
  test('tables that are elsewhere', async () => {
    const bytes = tachyonBytes(FILE);
    bytes.writeBigUInt64LE(2n ** 62n, 48);
    assertTold(await failure(readProfile(bytes)), 'tachyon/bad-offset');
  });
  test('more strings or frames than bytes', async () => {
    const bytes = tachyonBytes(FILE);
    bytes.writeUInt32LE(2 ** 31, bytes.length - 32);
    assertTold(await failure(readProfile(bytes)), 'tachyon/bad-count', /strings/);
    bytes.writeUInt32LE(STRINGS.length, bytes.length - 32);
    bytes.writeUInt32LE(2 ** 31, bytes.length - 28);
    assertTold(await failure(readProfile(bytes)), 'tachyon/bad-count', /frames/);
  });
});
