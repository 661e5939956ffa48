/** Labels of samples. A set is decoded when its bytes are first met; later it is found by them. */
import { Interner, type Label, type ProfileBuilder, type ProtobufReader } from '../../../src/plugin.ts';
import type { Parts } from './parts.ts';

export class LabelReader {
  readonly #parts: Parts;
  /** By interned bytes. */
  readonly #sets: Label[][];
  readonly #view: DataView;
  readonly #interner = new Interner();
  /** Where the labels of the current sample lie: starts and ends. */
  readonly #ranges: number[] = [];

  constructor(parts: Parts, builder: ProfileBuilder) {
    this.#parts = parts;
    this.#sets = builder.labelSets;
    const { bytes } = parts.reader;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Notes a label of the current sample, its tag included. */
  note(start: number, end: number): void {
    const ranges = this.#ranges;
    if (ranges.length > 0 && ranges[ranges.length - 1] === start) ranges[ranges.length - 1] = end;
    else ranges.push(start, end);
  }

  /** The set of the labels noted, as an index of the builder's; -1 = there were none. */
  take(): number {
    const ranges = this.#ranges;
    if (ranges.length === 0) return -1;
    const { reader } = this.#parts;
    const id =
      ranges.length === 2
        ? this.#interner.intern(reader.bytes, this.#view, ranges[0]!, ranges[1]!)
        : this.#internApart(reader.bytes);
    if (id === this.#sets.length) this.#sets.push(this.#decode(reader));
    ranges.length = 0;
    return id;
  }

  #internApart(bytes: Uint8Array): number {
    const joined: number[] = [];
    for (let i = 0; i < this.#ranges.length; i += 2) {
      for (let at = this.#ranges[i]!; at < this.#ranges[i + 1]!; at++) joined.push(bytes[at]!);
    }
    const copy = Uint8Array.from(joined);
    return this.#interner.intern(copy, new DataView(copy.buffer), 0, copy.length);
  }

  #decode(reader: ProtobufReader): Label[] {
    const { at, limit } = reader;
    const set: Label[] = [];
    for (let i = 0; i < this.#ranges.length; i += 2) {
      reader.at = this.#ranges[i]!;
      reader.limit = this.#ranges[i + 1]!;
      while (reader.next()) {
        const outer = reader.enter();
        const label = this.#label(reader);
        if (label) set.push(label);
        reader.limit = outer;
      }
    }
    reader.at = at;
    reader.limit = limit;
    return set;
  }

  /** One label. A text and a number exclude each other; with neither it is the number 0, of which pprof forgets. */
  #label(reader: ProtobufReader): Label | undefined {
    const parts = this.#parts;
    const { tagAt } = reader;
    let key = 0;
    let text = 0;
    let unit = 0;
    let value: number | bigint = 0;
    while (reader.next()) {
      const { field } = reader;
      if (field > 4) {
        parts.unknown('Label');
        continue;
      }
      const number = reader.int();
      if (field === 1) key = number;
      else if (field === 2) text = number;
      else if (field === 4) unit = number;
      else value = Number.isSafeInteger(number) ? number : reader.exact();
    }
    if (key === 0 && text === 0 && unit === 0 && value === 0) return undefined;
    const name = parts.string(key);
    if (text === 0) return { key: name, value, ...(unit !== 0 && { unit: parts.string(unit) }) };
    if (value !== 0) {
      parts.source.warn('two-values', `the label "${name}" has a text and a number; the number is left out`, {
        offset: tagAt,
      });
    }
    return { key: name, value: parts.string(text) };
  }
}
