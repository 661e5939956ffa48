/** Reads the records of a vmprof log. */
import {
  ByteReader,
  grown,
  type Meta,
  type Place,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { IntegerKeys } from '../integer-keys.ts';
import { pythonText } from '../python-text.ts';
import { SampledTree } from '../sampled-tree.ts';
import { StackNodes } from '../stack-nodes.ts';
import { type Beside, Frames } from './frames.ts';
import { wordSize } from './header.ts';

const SAMPLE = 1;
const SYMBOL = 2;
const TRAILER = 3;
const INTERPRETER = 4;
const HEADER = 5;
const START_TIME = 6;
const META = 7;
const NATIVE_SYMBOL = 8;

/** From these versions on, the log has … */
const WITH_THREADS = 1;
const WITH_MEMORY = 3;
const WITH_MODE = 4;
const WITH_END_TIME = 5;
const WITH_SAMPLE_TIMES = 7;
const LAST_VERSION = 7;

/** Bits of the mode. */
const MEMORY = 1;
const LINES = 2;
const RPYTHON = 8;
const REAL_TIME = 16;

/** Seconds, microseconds, and a time zone that is always empty. */
const TIME_SIZE = 24;
/** No stack and no text is longer. */
const MAX_DEPTH = 1 << 22;
const MAX_TEXT = 1 << 20;
const MAX_COUNT = 2 ** 31;

export function readLog(source: Source): Profile {
  return new LogReader(source).read();
}

class LogReader {
  readonly #source: Source;
  readonly #reader: ByteReader;
  readonly #builder = new ProfileBuilder([
    { name: 'time', unit: 'microseconds' },
    { name: 'samples', unit: 'count' },
  ]);
  readonly #frames = new Frames();
  readonly #sampled = new SampledTree(2);
  readonly #nodes = new StackNodes(this.#sampled.tree);
  readonly #values = new Float64Array(2);
  /** Sets of labels by thread and memory. */
  readonly #labelKeys = new IntegerKeys();
  readonly #labels: number[] = [];
  readonly #comments: string[] = [];
  /** Bytes of a word, and of an address. */
  readonly #word: number;
  readonly #address: number;
  readonly #period: number;
  #version = 0;
  #mode = 0;
  #startTime = 0n;
  #endTime = 0n;
  /** Offset of the record that is read. */
  #start = 0;
  /** Frames of the sample. */
  #stack = new Int32Array(256);
  #firstTime: bigint | undefined;

  constructor(source: Source) {
    this.#source = source;
    this.#reader = new ByteReader(source.stream());
    const reader = this.#reader;
    reader.has(40);
    this.#word = wordSize(reader.bytes.subarray(0, reader.end));
    if (this.#word === 0) {
      source.fail('bad-header', 'it does not begin as a vmprof log does: with the numbers 0, 3, 0', {
        offset: 0,
      });
    }
    reader.at = 3 * this.#word;
    this.#period = this.#number();
    this.#address = this.#number() === 1 ? 8 : this.#word;
  }

  read(): Profile {
    const reader = this.#reader;
    let whole = true;
    let ended = false;
    while (whole && !ended && reader.has(1)) {
      this.#start = reader.offset;
      const tag = reader.bytes[reader.at++]!;
      if (tag === SAMPLE) whole = this.#sample();
      else if (tag === TRAILER) {
        ended = true;
        if (this.#version >= WITH_END_TIME) whole = this.#time((time) => (this.#endTime = time));
      } else whole = this.#rareRecord(tag);
    }
    const place = { offset: this.#start };
    if (!whole || !ended) {
      const hint = 'was the program killed, or is it still running?';
      this.#source.warn('cut-off', 'the log ends before its end is marked', place, hint);
    }
    if (this.#sampled.sampleCount === 0) this.#source.warn('no-samples', 'the log holds no samples', place);
    return this.#profile();
  }

  /** Reads a record of which there are few. False = the log is cut off within it. */
  #rareRecord(tag: number): boolean {
    switch (tag) {
      case SYMBOL:
      case NATIVE_SYMBOL:
        return this.#symbol();
      case HEADER:
        return this.#header();
      case INTERPRETER:
        return this.#shortText((name) => this.#comments.push(`interpreter: ${name}`));
      case START_TIME:
        return this.#time((time) => (this.#startTime = time));
      case META:
        return this.#text((key) => this.#text((value) => this.#comments.push(`${key}: ${value}`)));
      default:
        this.#fail('bad-record', `there is no record of type ${tag}`);
    }
  }

  #fail(code: string, message: string, hint?: string): never {
    const place: Place = { offset: this.#start };
    this.#source.fail(code, message, place, hint);
  }

  /** The word at hand, which is signed. */
  #number(): number {
    const reader = this.#reader;
    const low = reader.view.getInt32(reader.at, true);
    const high = this.#word === 8 ? reader.view.getInt32(reader.at + 4, true) : low >> 31;
    reader.at += this.#word;
    return high * 2 ** 32 + (low >>> 0);
  }

  #header(): boolean {
    const reader = this.#reader;
    if (!reader.has(3)) return false;
    this.#version = reader.view.getInt16(reader.at, false);
    reader.at += 2;
    if (this.#version < 0 || this.#version > LAST_VERSION) {
      const hint = 'a newer vmprof may have written it';
      this.#fail(
        'unknown-version',
        `version ${this.#version} is not known, only 0 to ${LAST_VERSION} are`,
        hint,
      );
    }
    if (this.#version >= WITH_MODE) this.#mode = reader.bytes[reader.at++]!;
    else if (this.#version === WITH_MEMORY) this.#mode = MEMORY;
    return this.#shortText((name) => {
      if (name === 'pypy') this.#mode |= RPYTHON;
      this.#comments.push(`interpreter: ${name}`);
    });
  }

  /** A text with its length in a byte. */
  #shortText(take: (text: string) => void): boolean {
    const reader = this.#reader;
    if (!reader.has(1) || !reader.has(1 + reader.bytes[reader.at]!)) return false;
    const length = reader.bytes[reader.at++]!;
    take(pythonText(reader.bytes.subarray(reader.at, reader.at + length)));
    reader.at += length;
    return true;
  }

  #text(take: (text: string) => unknown): boolean {
    const reader = this.#reader;
    const length = this.#textLength();
    if (length < 0) return false;
    const text = pythonText(reader.bytes.subarray(reader.at, reader.at + length));
    reader.at += length;
    return take(text) !== false;
  }

  /** Length of the text that comes next, which is then in the buffer; -1 if the log is cut off within it. */
  #textLength(): number {
    const reader = this.#reader;
    if (!reader.has(this.#word)) return -1;
    const length = this.#number();
    if (length < 0 || length > MAX_TEXT) this.#fail('bad-length', `a text of ${length} bytes`);
    return reader.has(length) ? length : -1;
  }

  /** Microseconds since 1970. */
  #time(take: (time: bigint) => void): boolean {
    const reader = this.#reader;
    if (!reader.has(TIME_SIZE)) return false;
    const seconds = reader.view.getBigInt64(reader.at, true);
    take(seconds * 1_000_000n + reader.view.getBigInt64(reader.at + 8, true));
    reader.at += TIME_SIZE;
    return true;
  }

  #symbol(): boolean {
    const reader = this.#reader;
    if (!reader.has(this.#address)) return false;
    const low = reader.view.getInt32(reader.at, true);
    const high = this.#address === 8 ? reader.view.getInt32(reader.at + 4, true) : 0;
    reader.at += this.#address;
    const length = this.#textLength();
    if (length < 0) return false;
    const { bytes, view, at } = reader;
    this.#frames.addSymbol(low, high, bytes, view, at, at + length);
    reader.at += length;
    return true;
  }

  #sample(): boolean {
    const reader = this.#reader;
    if (!reader.has(2 * this.#word)) return false;
    const count = this.#number();
    const depth = this.#number();
    if (count < 1 || count >= MAX_COUNT) this.#fail('bad-count', `a sample that was taken ${count} times`);
    if (depth < 0 || depth > MAX_DEPTH) this.#fail('bad-depth', `a stack of ${depth} numbers`);
    const pairs = (this.#mode & (LINES | RPYTHON)) !== 0;
    if (pairs && depth % 2 === 1)
      this.#fail('bad-depth', `a stack of ${depth} numbers, which should be pairs`);
    const hasThread = this.#version >= WITH_THREADS;
    const hasMemory = (this.#mode & MEMORY) !== 0;
    const size = (depth + Number(hasThread) + Number(hasMemory)) * this.#address;
    const hasTime = this.#version >= WITH_SAMPLE_TIMES;
    if (!reader.has(size + (hasTime ? 8 : 0))) return false;
    const node = this.#node(depth, pairs);
    const labels = this.#labelSet(hasThread, hasMemory);
    this.#values[0] = count * this.#period;
    this.#values[1] = count;
    this.#sampled.add(node, this.#values, hasTime ? this.#sampleTime() : Number.NaN, labels);
    return true;
  }

  /** Reads a stack, leaf first, of numbers, or of pairs: a line or kind, and a number. */
  #node(depth: number, pairs: boolean): number {
    const reader = this.#reader;
    const { view } = reader;
    const size = this.#address;
    const step = pairs ? 2 * size : size;
    const frames = pairs ? depth >> 1 : depth;
    if (frames > this.#stack.length) this.#stack = grown(this.#stack, frames);
    const stack = this.#stack;
    let { at } = reader;
    for (let i = frames - 1; i >= 0; i--, at += step) {
      const number = pairs ? at + size : at;
      const low = view.getInt32(number, true);
      const high = size === 8 ? view.getInt32(number + 4, true) : 0;
      stack[i] = this.#frames.add(low, high, pairs ? view.getInt32(at, true) : 0);
    }
    reader.at = at;
    if (frames === 0) stack[0] = this.#frames.empty();
    return this.#nodes.node(stack, Math.max(1, frames));
  }

  /** Reads the thread of a sample, and the memory that the process had. */
  #labelSet(hasThread: boolean, hasMemory: boolean): number {
    const { view, at } = this.#reader;
    const size = this.#address;
    const low = hasThread ? view.getInt32(at, true) : 0;
    const high = hasThread && size === 8 ? view.getInt32(at + 4, true) : 0;
    const kilobytes = hasMemory ? view.getInt32(hasThread ? at + size : at, true) >>> 0 : 0;
    this.#reader.at += (Number(hasThread) + Number(hasMemory)) * size;
    const key = this.#labelKeys.add(low, high, kilobytes | 0);
    if (key === this.#labels.length) {
      const thread = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      const value = thread <= Number.MAX_SAFE_INTEGER ? Number(thread) : thread;
      this.#labels.push(
        this.#builder.labels([
          ...(hasThread ? [{ key: 'thread', value }] : []),
          ...(hasMemory ? [{ key: 'memory', value: kilobytes * 1024, unit: 'bytes' }] : []),
        ]),
      );
    }
    return this.#labels[key]!;
  }

  /** Nanoseconds since the first sample of the log. */
  #sampleTime(): number {
    const reader = this.#reader;
    const time = reader.view.getBigInt64(reader.at, true);
    reader.at += 8;
    this.#firstTime ??= time;
    return Number(time - this.#firstTime);
  }

  #profile(): Profile {
    const builder = this.#builder;
    builder.meta = this.#meta();
    const beside: Beside = this.#mode & RPYTHON ? 'kind' : this.#mode & LINES ? 'line' : 'nothing';
    const numbers = this.#frames.build(builder, beside, this.#source);
    const { length, frame } = this.#sampled.tree;
    for (let node = 0; node < length; node++) frame[node] = numbers[frame[node]!]!;
    return this.#sampled.profile(builder);
  }

  #meta(): Meta {
    const isReal = (this.#mode & REAL_TIME) !== 0;
    const [metric] = this.#builder.metrics;
    metric!.title = isReal ? 'wall time' : 'CPU time';
    const meta: Meta = { producer: 'vmprof' };
    if (this.#comments.length > 0) meta.comments = this.#comments;
    if (this.#period > 0) meta.period = { metric: metric!, value: this.#period };
    else meta.defaultMetric = 1;
    if (this.#startTime > 0n) meta.startTime = this.#startTime * 1000n;
    if (this.#startTime > 0n && this.#endTime >= this.#startTime) {
      meta.duration = Number((this.#endTime - this.#startTime) * 1000n);
    }
    return meta;
  }
}
