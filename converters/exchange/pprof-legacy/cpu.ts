/** gperftools' CPU profiles: machine words of either size and order, then the memory map, or Java's locations. */
import { bytesInput, LineReader, type Source } from '../../../src/plugin.ts';
import type { AddressProfile } from './address-profile.ts';
import { CPU_FRAMES } from './drop-lists.ts';
import { readJavaLocations } from './java.ts';

const HINT = 'the file may be cut off; copy it again';

/** No unwinder goes deeper. */
const MAX_DEPTH = 2 ** 16;

interface Words {
  /** Bytes of a word. */
  size: 4 | 8;
  little: boolean;
}

const KINDS: Words[] = [
  { size: 4, little: true },
  { size: 4, little: false },
  { size: 8, little: true },
  { size: 8, little: false },
];

/** Reads words; `low` and `high` are the halves of the last one. */
class WordReader {
  at: number;
  low = 0;
  high = 0;
  readonly #view: DataView;
  readonly #words: Words;

  constructor(bytes: Uint8Array, at: number, words: Words) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#words = words;
    this.at = at;
  }

  /** How many words are left. */
  get left(): number {
    return Math.floor((this.#view.byteLength - this.at) / this.#words.size);
  }

  next(): number {
    const { size, little } = this.#words;
    const first = this.#view.getUint32(this.at, little);
    const second = size === 8 ? this.#view.getUint32(this.at + 4, little) : 0;
    this.at += size;
    [this.low, this.high] = size === 4 || little ? [first, second] : [second, first];
    return this.high * 2 ** 32 + this.low;
  }
}

interface Header {
  words: Words;
  java: boolean;
  /** Microseconds. */
  period: number;
}

function headerOf(bytes: Uint8Array, at: number): Header | undefined {
  for (const words of KINDS) {
    if (bytes.length - at < 5 * words.size) continue;
    const reader = new WordReader(bytes, at, words);
    const [zero, three, java, period, padding] = Array.from({ length: 5 }, () => reader.next());
    if (zero === 0 && three === 3 && java! <= 1 && period! > 0 && padding === 0)
      return { words, java: java === 1, period: period! };
  }
  return undefined;
}

export function isCpuProfile(bytes: Uint8Array, at = 0): boolean {
  return headerOf(bytes, at) !== undefined;
}

/** Whether a count and a depth follow the header, as of no other profile that begins so (vmprof's do). */
export function hasSamples(bytes: Uint8Array): boolean {
  const header = headerOf(bytes, 0);
  if (!header) return false;
  const reader = new WordReader(bytes, 5 * header.words.size, header.words);
  return reader.left < 2 || (reader.next() < 2 ** 32 && reader.next() < MAX_DEPTH);
}

/** Reads the profile that begins at `at`. */
export function readCpu(bytes: Uint8Array<ArrayBuffer>, at: number, profile: AddressProfile): void {
  const source: Source = profile.source;
  const header = headerOf(bytes, at);
  if (!header)
    source.fail(
      'no-header',
      'there is no header of a CPU profile: 0, 3, 0, a period, 0',
      { offset: at },
      HINT,
    );
  const { words, java, period } = header;
  const nanoseconds = period * 1000;
  profile.metrics = [
    { name: 'samples', unit: 'count' },
    { name: 'cpu', unit: 'nanoseconds' },
  ];
  profile.period = { metric: { name: 'cpu', unit: 'nanoseconds' }, value: nanoseconds };
  profile.dropFrames = CPU_FRAMES;
  const reader = new WordReader(bytes, at + 5 * words.size, words);
  readSamples(reader, nanoseconds, !java, profile);
  const lines = new LineReader(bytesInput(bytes.subarray(reader.at)), source.name);
  if (java) {
    profile.forgetAddresses = true;
    readJavaLocations(lines, profile, false);
    return;
  }
  profile.stripHandlers();
  while (lines.next()) profile.map.add(lines.text(), lines.line);
  profile.stripDuplicates();
}

function readSamples(reader: WordReader, period: number, adjust: boolean, profile: AddressProfile): void {
  const source: Source = profile.source;
  while (reader.left > 0) {
    const { at } = reader;
    if (reader.left < 2) source.fail('truncated', 'the last sample is cut off', { offset: at }, HINT);
    const count = reader.next();
    const exact = (BigInt(reader.high) << 32n) | BigInt(reader.low);
    const depth = reader.next();
    if (depth > reader.left) {
      const message = `a stack of ${depth} addresses, but only ${reader.left} words are left`;
      source.fail('truncated', message, { offset: at }, HINT);
    }
    if (count === 0 && depth === 1) {
      if (reader.next() === 0) return;
      profile.push(reader.low, reader.high);
    } else {
      for (let i = 0; i < depth; i++) {
        reader.next();
        // But for the leaf, addresses are those behind the call.
        if (adjust && i > 0) profile.pushBefore(reader.low, reader.high);
        else profile.push(reader.low, reader.high);
      }
    }
    const isSafe = count * period <= Number.MAX_SAFE_INTEGER;
    profile.sample(
      isSafe
        ? [count, count * period]
        : [BigInt.asIntN(64, exact), BigInt.asIntN(64, exact * BigInt(period))],
    );
  }
  source.warn('no-trailer', 'the profile ends without its last record: it may be cut off', undefined, HINT);
}
