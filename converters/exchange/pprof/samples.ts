/**
 * Samples: nearly all of the bytes of a large profile. They are read straight into lists of frames and columns
 * of values; nothing is made for a sample, and ids below 2^28 are decoded on the spot.
 */
import {
  BYTES,
  type Column,
  grown,
  type ProfileBuilder,
  type ProtobufReader,
  type StackTable,
  widen,
} from '../../../src/plugin.ts';
import { cutStack } from './drop-frames.ts';
import { SAMPLE } from './fields.ts';
import { LabelReader } from './labels.ts';
import { Tails } from './layout.ts';
import type { Parts } from './parts.ts';
import type { Locations } from './tables.ts';

/** Where a sample without any frame is put, so that its values are not lost. */
const EMPTY_STACK = '(empty stack)';

/** No profile has more frames than these, and more than 64 to a byte: a location may be inlined, but not so deeply. */
const MANY_FRAMES = 2 ** 24;

export interface Samples {
  stacks: StackTable;
  /** By metric. */
  values: Column[];
  /** Absent when no sample has any. */
  labels?: Int32Array;
}

export class SampleReader {
  readonly #parts: Parts;
  readonly #builder: ProfileBuilder;
  readonly #locations: Locations;
  /** Frame by location, where it is the only one; else -1. */
  readonly #single: Int32Array;
  readonly #values: Column[];
  readonly #start: Uint32Array;
  readonly #labels: Int32Array;
  readonly #labelReader: LabelReader;
  /** Locations of the current sample, leaf first. */
  #rows = new Int32Array(1024);
  #frames = new Int32Array(1024);
  /** What `drop_frames` has cut off of stacks. */
  readonly tails: Tails;
  /** The frame of stacks that have none; -1 = there are no such stacks. */
  emptyFrame = -1;

  constructor(parts: Parts, builder: ProfileBuilder, locations: Locations) {
    this.#parts = parts;
    this.#builder = builder;
    this.#locations = locations;
    const { start, end, frame } = locations;
    this.#single = new Int32Array(end.length);
    for (let row = 0; row < this.#single.length; row++) {
      this.#single[row] = end[row]! - start[row]! === 1 ? frame[start[row]!]! : -1;
    }
    // A value takes a byte at least: whatever the counts say, there are no more values than bytes.
    const width = builder.metrics.length;
    const rows = Math.min(parts.sampleCount, Math.floor(parts.reader.bytes.length / width));
    this.#values = builder.metrics.map(() => new Float64Array(rows));
    this.#start = new Uint32Array(rows + 1);
    this.#labels = new Int32Array(rows).fill(-1);
    this.tails = new Tails(locations.fate ? rows : 0);
    this.#labelReader = new LabelReader(parts, builder);
  }

  read(): Samples {
    const { reader } = this.#parts;
    reader.at = 0;
    reader.limit = reader.bytes.length;
    let to = 0;
    let sample = 0;
    while (reader.next()) {
      if (reader.field !== SAMPLE) {
        reader.skip();
        continue;
      }
      const at = reader.tagAt;
      const outer = reader.enter();
      const length = this.#readSample(reader, sample, at);
      reader.limit = outer;
      to = this.#push(length, to, sample);
      this.#start[++sample] = to;
    }
    const stacks = { length: sample, start: this.#start, frame: this.#frames.subarray(0, to) };
    return { stacks, values: this.#values, ...this.#labelColumn() };
  }

  /** Reads one sample; returns how many locations it has, which are then in `#rows`. */
  #readSample(reader: ProtobufReader, sample: number, at: number): number {
    const width = this.#values.length;
    let length = 0;
    let values = 0;
    while (reader.next()) {
      if (reader.field === 1) {
        length = this.#readLocations(reader, length);
      } else if (reader.field === 2) {
        if (reader.wire === BYTES) {
          const outer = reader.enter();
          while (reader.at < reader.limit) {
            reader.varint();
            this.#setValue(reader, values++, sample);
          }
          reader.limit = outer;
        } else {
          reader.int();
          this.#setValue(reader, values++, sample);
        }
      } else if (reader.field === 3) {
        const start = reader.tagAt;
        reader.expect(BYTES);
        reader.skip();
        this.#labelReader.note(start, reader.at);
      } else {
        this.#parts.unknown('Sample');
      }
    }
    if (values !== width) {
      this.#parts.fail('value-count', `sample ${sample} has ${values} values for ${width} sample types`, at);
    }
    this.#labels[sample] = this.#labelReader.take();
    return length;
  }

  /** Sets a value from the number just read. */
  #setValue(reader: ProtobufReader, metric: number, sample: number): void {
    if (metric >= this.#values.length) return;
    const value = (reader.high | 0) * 2 ** 32 + reader.low;
    const column = this.#values[metric]!;
    if (column instanceof Float64Array && Number.isSafeInteger(value)) column[sample] = value;
    else {
      const wide = widen(column);
      wide[sample] = reader.exact();
      this.#values[metric] = wide;
    }
  }

  /** Reads ids behind the first `length` rows; returns the new length. */
  #readLocations(reader: ProtobufReader, length: number): number {
    const { ids } = this.#locations;
    if (reader.wire !== BYTES) {
      reader.int();
      this.#rows = grown(this.#rows, length + 1);
      this.#rows[length] = this.#row(reader, reader.tagAt);
      return length + 1;
    }
    const outer = reader.enter();
    const { bytes, limit } = reader;
    const { dense } = ids;
    let { at } = reader;
    // An id takes a byte at least.
    this.#rows = grown(this.#rows, length + limit - at);
    const rows = this.#rows;
    while (at < limit) {
      const from = at;
      let id = bytes[at++]!;
      if (id >= 0x80) {
        let byte = bytes[at++]!;
        id = (id & 0x7f) | ((byte & 0x7f) << 7);
        if (byte >= 0x80) {
          byte = bytes[at++]!;
          id |= (byte & 0x7f) << 14;
          if (byte >= 0x80) {
            byte = bytes[at++]!;
            id |= (byte & 0x7f) << 21;
            if (byte >= 0x80) id = dense.length;
          }
        }
      }
      const row = id < dense.length && at <= limit ? dense[id]! - 1 : -1;
      if (row >= 0) rows[length++] = row;
      else {
        reader.at = from;
        reader.varint();
        at = reader.at;
        rows[length++] = this.#row(reader, from);
      }
    }
    reader.at = at;
    reader.limit = outer;
    return length;
  }

  /** The location whose id was just read. */
  #row(reader: ProtobufReader, at: number): number {
    const row = this.#locations.ids.find(reader.low, reader.high);
    if (row < 0) {
      this.#parts.fail(
        'unknown-location',
        `a sample names a location ${reader.exactUnsigned()}, which is not there`,
        at,
      );
    }
    return row;
  }

  /** Adds the frames of the current sample behind the first `to`, root first; returns the new end. */
  #push(length: number, to: number, sample: number): number {
    const { start, end, frame, fate } = this.#locations;
    const rows = this.#rows;
    const single = this.#single;
    let leaf = 0;
    if (fate) {
      leaf = cutStack(rows, length, fate);
      if (leaf > 0) this.tails.add(sample, rows, leaf);
    }
    let frames = this.#room(to + length + 1);
    if (length === 0) {
      this.emptyFrame = this.#builder.frame(this.#builder.function(EMPTY_STACK));
      frames[to] = this.emptyFrame;
      return to + 1;
    }
    for (let i = length - 1; i >= leaf; i--) {
      const row = rows[i]!;
      const only = single[row]!;
      if (only >= 0) {
        frames[to++] = only;
        continue;
      }
      const from = start[row]!;
      const behind = end[row]!;
      frames = this.#room(to + behind - from + i);
      for (let k = from; k < behind; k++) frames[to++] = frame[k]!;
    }
    return to;
  }

  /** The frames, with room for at least so many, and for as many as the rest of the input is likely to hold. */
  #room(least: number): Int32Array {
    if (least <= this.#frames.length) return this.#frames;
    const { at, bytes } = this.#parts.reader;
    if (least > Math.max(MANY_FRAMES, bytes.length * 64)) {
      this.#parts.fail('too-deep', `the stacks have more than ${least} frames, in ${bytes.length} bytes`);
    }
    const likely = Math.min(least * (bytes.length / at) * 1.02, bytes.length);
    const larger = new Int32Array(Math.ceil(Math.max(likely, least * 1.25)));
    larger.set(this.#frames);
    this.#frames = larger;
    return larger;
  }

  /** Samples without labels share the empty set. */
  #labelColumn(): { labels?: Int32Array } {
    const labels = this.#labels;
    if (labels.every((set) => set < 0)) return {};
    const none = labels.includes(-1) ? this.#builder.labels([]) : -1;
    for (let i = 0; i < labels.length; i++) if (labels[i] === -1) labels[i] = none;
    return { labels };
  }
}
