/** Writes binary recordings of Tachyon, wrong ones too: an encoder that knows nothing of the parser. */

export interface TachyonFrame {
  /** Indices of strings. */
  file: number;
  name: number;
  line: number;
  /** From 0; -1 = unknown. */
  column?: number;
  opcode?: number;
}

export interface TachyonSample {
  thread: number | bigint;
  interpreter?: number;
  /** Microseconds since the start. */
  time: number;
  status?: number;
  /** Indices of frames, root first. */
  stack: readonly number[];
}

export interface TachyonFile {
  little?: boolean;
  strings: readonly (string | Uint8Array)[];
  frames: readonly TachyonFrame[];
  samples?: readonly TachyonSample[];
  /** In place of `samples`. */
  sampleBytes?: Uint8Array;
  sampleCount?: number;
  /** Makes the samples a zstd stream. */
  pack?: (bytes: Uint8Array) => Uint8Array;
  /** Seconds that were measured. */
  duration?: number;
  version?: number;
  compression?: number;
}

const MAGIC = 0x54414348;
const HEADER_SIZE = 64;
const FOOTER_SIZE = 32;

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return [...bytes, left];
}

export function zigzag(value: number): number[] {
  return varint(value < 0 ? -2 * value - 1 : 2 * value);
}

/** Fixed-width numbers in one byte order. */
class Numbers {
  readonly little: boolean;

  constructor(little: boolean) {
    this.little = little;
  }

  int(value: number): number[] {
    const bytes = Buffer.alloc(4);
    if (this.little) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return [...bytes];
  }

  long(value: number | bigint): number[] {
    const bytes = Buffer.alloc(8);
    if (this.little) bytes.writeBigUInt64LE(BigInt(value));
    else bytes.writeBigUInt64BE(BigInt(value));
    return [...bytes];
  }

  double(value: number): number[] {
    const bytes = Buffer.alloc(8);
    if (this.little) bytes.writeDoubleLE(value);
    else bytes.writeDoubleBE(value);
    return [...bytes];
  }
}

export function tachyonBytes(file: TachyonFile): Buffer {
  const { little = true, pack, duration, version = 1, samples = [] } = file;
  const numbers = new Numbers(little);
  const plain = file.sampleBytes ?? sampleBytes(samples, little);
  const packed = Buffer.from(pack ? pack(plain) : plain);
  const strings = Buffer.from(
    file.strings.flatMap((text) => {
      const bytes = Buffer.from(text as string);
      return [...varint(bytes.length), ...bytes];
    }),
  );
  const frames = Buffer.from(
    file.frames.flatMap(({ file, name, line, column = -1, opcode = 255 }) => [
      ...varint(file),
      ...varint(name),
      ...zigzag(line),
      ...zigzag(0),
      ...zigzag(column),
      ...zigzag(column < 0 ? 0 : 4),
      opcode,
    ]),
  );
  const statistics = Buffer.from(duration === undefined ? [] : statisticsBytes(numbers, duration));
  const stringsAt = HEADER_SIZE + packed.length;
  const framesAt = stringsAt + strings.length;
  const size = framesAt + frames.length + statistics.length + FOOTER_SIZE;
  const header = [
    ...numbers.int(MAGIC),
    ...numbers.int(version),
    ...[3, 15, 0, 0],
    ...numbers.long(1_764_000_000_000_000),
    ...numbers.long(1000),
    ...numbers.long(file.sampleCount ?? samples.length),
    ...numbers.int(new Set(samples.map(({ thread }) => thread)).size),
    ...numbers.long(stringsAt),
    ...numbers.long(framesAt),
    ...numbers.int(file.compression ?? (pack ? 1 : 0)),
    ...numbers.int(1),
  ];
  const footer = [
    ...numbers.int(file.strings.length),
    ...numbers.int(file.frames.length),
    ...numbers.long(size),
    ...new Array(16).fill(0),
  ];
  return Buffer.concat([Buffer.from(header), packed, strings, frames, statistics, Buffer.from(footer)]);
}

function statisticsBytes(numbers: Numbers, duration: number): number[] {
  return [
    ...numbers.double(duration),
    ...numbers.double(1000),
    ...numbers.double(0),
    ...numbers.double(0),
    ...numbers.int(0),
    ...numbers.int(0),
    ...Buffer.from('TACHSTAT'),
    ...numbers.int(1),
    ...numbers.int(56),
  ];
}

/** The records of samples, each in the shortest form; samples of one thread and stack in a row are one record. */
export function sampleBytes(samples: readonly TachyonSample[], little = true): Buffer {
  const numbers = new Numbers(little);
  const last = new Map<string, { stack: readonly number[]; time: number }>();
  const bytes: number[] = [];
  for (let i = 0; i < samples.length; ) {
    const { thread, interpreter = 0, stack } = samples[i]!;
    const key = `${thread} ${interpreter}`;
    const before = last.get(key);
    let time = before?.time ?? 0;
    const step = ({ time: at, status = 0 }: TachyonSample) => {
      const delta = varint(at - time);
      time = at;
      return [...delta, status];
    };
    bytes.push(...numbers.long(thread), ...numbers.int(interpreter));
    const shared = before ? sharedLength(before.stack, stack) : 0;
    const added = stack.slice(shared).reverse().flatMap(varint);
    const count = stack.length - shared;
    if (before && count === 0 && shared === before.stack.length) {
      let to = i;
      while (to < samples.length && isSame(samples[to]!, samples[i]!)) to++;
      bytes.push(0, ...varint(to - i), ...samples.slice(i, to).flatMap(step));
      i = to;
    } else {
      if (!before) bytes.push(1, ...step(samples[i]!), ...varint(count), ...added);
      else if (shared === before.stack.length)
        bytes.push(2, ...step(samples[i]!), ...varint(shared), ...varint(count), ...added);
      else
        bytes.push(
          3,
          ...step(samples[i]!),
          ...varint(before.stack.length - shared),
          ...varint(count),
          ...added,
        );
      i++;
    }
    last.set(key, { stack, time });
  }
  return Buffer.from(bytes);
}

function isSame(a: TachyonSample, b: TachyonSample): boolean {
  return (
    a.thread === b.thread && (a.interpreter ?? 0) === (b.interpreter ?? 0) && `${a.stack}` === `${b.stack}`
  );
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
