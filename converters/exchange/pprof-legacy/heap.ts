/** Heap profiles: objects and bytes in use, and those ever allocated, of which some were sampled. */
import type { Label, LineReader, Source, Value } from '../../../src/plugin.ts';
import type { AddressProfile } from './address-profile.ts';
import { ALLOCATORS, NO_ALLOCATORS } from './drop-lists.ts';
import type { LineScanner } from './line-scanner.ts';
import { isMapStart } from './memory-map.ts';
import { readAddresses, readSamples } from './samples.ts';

const IN_USE = [
  { name: 'objects', unit: 'count' },
  { name: 'space', unit: 'bytes' },
];
/** What was allocated comes first: what is in use is shown by itself. */
const ALLOCATED = [
  { name: 'alloc_objects', unit: 'count' },
  { name: 'alloc_space', unit: 'bytes' },
  { name: 'inuse_objects', unit: 'count' },
  { name: 'inuse_space', unit: 'bytes' },
];

/** How values are scaled: by the odds that an object of its size was sampled, once in `rate` bytes; 0 = not at all. */
interface Scale {
  rate: number;
  period: number;
}

/** `rate / 2` for heaps of Go, which name twice their rate; none for gperftools' own dumps. */
function scaleOf(sampler: string, rate: number): Scale | undefined {
  if (sampler === 'heapprofile' || !sampler.startsWith('heap')) return { rate: 0, period: 1 };
  if (sampler === 'heapz_v2' || sampler === 'heap_v2') return { rate, period: rate };
  const half = Math.floor(rate / 2);
  return sampler === 'heap' ? { rate: half, period: half } : undefined;
}

export interface HeapHeader {
  /** In use and ever allocated: objects and bytes of each. */
  objects: string[];
  sampler: string;
  rate: number;
}

/** Reads the samples of a heap profile; see `readSamples` for what it returns. */
export function readHeap(lines: LineReader, profile: AddressProfile, header: HeapHeader): boolean {
  const source: Source = profile.source;
  const { objects, sampler, rate } = header;
  const scale = scaleOf(sampler, rate);
  if (!scale) source.fail('unknown-sampler', `${sampler} is no known way of sampling`, lines.place());
  const [used, usedBytes, made, madeBytes] = objects as [string, string, string, string];
  const hasAllocated = (made !== used && made !== '0') || (madeBytes !== usedBytes && madeBytes !== '0');
  begin(profile, hasAllocated, scale);
  return readSamples(lines, profile, (scanner) => {
    const inUse = readPair(scanner);
    if (!inUse || !scanner.take('[')) return undefined;
    const allocated = readPair(scanner);
    if (!allocated || !scanner.take(']')) return undefined;
    return scaled(hasAllocated ? [allocated, inUse] : [inUse], scale, profile, lines);
  });
}

function begin(profile: AddressProfile, hasAllocated: boolean, { period }: Scale): void {
  profile.metrics = hasAllocated ? ALLOCATED : IN_USE;
  profile.period = { metric: { name: 'space', unit: 'bytes' }, value: period };
  profile.dropFrames = ALLOCATORS;
  profile.keepFrames = NO_ALLOCATORS;
}

type Pair = [objects: Value, bytes: Value];

/** `objects: bytes` */
function readPair(scanner: LineScanner): Pair | undefined {
  const objects = scanner.integer();
  if (objects === undefined || !scanner.take(':')) return undefined;
  const bytes = scanner.integer();
  return bytes === undefined ? undefined : [objects, bytes];
}

function scaled(
  pairs: Pair[],
  { rate }: Scale,
  { source }: AddressProfile,
  lines: LineReader,
): { values: Value[]; labels: Label[] } {
  let size: Value = 0;
  const values: Value[] = [];
  for (const [objects, bytes] of pairs) {
    if (Number(objects) === 0 && Number(bytes) !== 0) {
      source.warn('no-objects', 'there are bytes of no objects; they are kept as they are', lines.place());
    }
    if (Number(objects) === 0) values.push(objects, bytes);
    else {
      size = quotient(bytes, objects);
      const [a, b] = unsampled(objects, bytes, rate);
      values.push(a, b);
    }
  }
  return { values, labels: [{ key: 'bytes', value: size }] };
}

function quotient(bytes: Value, objects: Value): Value {
  if (typeof bytes === 'number' && typeof objects === 'number') return Math.trunc(bytes / objects);
  return BigInt(bytes) / BigInt(objects);
}

/**
 * What there was of which so much was sampled: an object of size s is sampled with the odds 1 - exp(-s / rate).
 * With a rate of 1 everything was.
 */
export function unsampled(objects: Value, bytes: Value, rate: number): Pair {
  if (Number(objects) === 0 || Number(bytes) === 0) return rate > 0 ? [0, 0] : [objects, bytes];
  if (rate <= 1) return [objects, bytes];
  const scale = 1 / (1 - Math.exp(-Number(bytes) / Number(objects) / rate));
  return [Math.trunc(Number(objects) * scale), Math.trunc(Number(bytes) * scale)];
}

/**
 * jemalloc's way: the stack first, then lines of objects and bytes, for all threads (`t*`) and for each. Returns
 * whether the reader is at a line that was not read.
 */
export function readJemalloc(
  lines: LineReader,
  profile: AddressProfile,
  rate: number,
  scanner: LineScanner,
): boolean {
  const source: Source = profile.source;
  const scale = { rate, period: rate };
  let hasAllocated: boolean | undefined;
  let hasStack = false;
  while (lines.next()) {
    scanner.start();
    scanner.spaces();
    if (scanner.done) continue;
    const text = lines.text(scanner.at, Math.min(lines.end, scanner.at + 100));
    if (isMapStart(text) || text.startsWith('---')) break;
    if (scanner.take('@')) {
      if (hasAllocated === undefined)
        source.fail('no-total', 'a stack before the line of the total', lines.place());
      if (hasStack) source.fail('no-values', 'the stack before has no line of values', lines.place());
      readAddresses(scanner, profile);
      hasStack = true;
      continue;
    }
    if (!text.startsWith('t'))
      source.fail('bad-sample', 'expected a stack, or values of threads', lines.place());
    const isTotal = text.startsWith('t*:');
    if (!isTotal) {
      source.note('threads', 'values of single threads are left out', lines.place());
      continue;
    }
    scanner.at += 3;
    const inUse = readPair(scanner);
    const allocated = inUse && scanner.take('[') ? readPair(scanner) : undefined;
    if (!inUse || !allocated || !scanner.take(']'))
      source.fail('bad-sample', 'expected objects: bytes [objects: bytes]', lines.place(scanner.at));
    if (hasAllocated === undefined) {
      hasAllocated = allocated.some((value) => Number(value) !== 0);
      begin(profile, hasAllocated, scale);
    } else if (hasStack) {
      const { values, labels } = scaled(hasAllocated ? [allocated, inUse] : [inUse], scale, profile, lines);
      profile.sample(values, labels);
      hasStack = false;
    } else source.fail('no-stack', 'values without a stack', lines.place());
  }
  if (hasAllocated === undefined) begin(profile, false, scale);
  return true;
}
