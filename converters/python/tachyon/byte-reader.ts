/** Reads the numbers of a recording, which are bytes of seven bits each; every read is within bounds. */
import type { Source } from '../../../src/plugin.ts';

export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  /** Where the bytes end that may be read. */
  limit: number;
  /** Offset in the recording of `bytes[0]`. */
  readonly #base: number;
  readonly #source: Source;

  constructor(bytes: Uint8Array, base: number, source: Source) {
    this.bytes = bytes;
    this.limit = bytes.length;
    this.#base = base;
    this.#source = source;
  }

  get left(): number {
    return this.limit - this.at;
  }

  fail(code: string, message: string, at: number = this.at): never {
    this.#source.fail(code, message, { offset: this.#base + at });
  }

  /** Goes on behind `count` bytes; returns where they begin. */
  skip(count: number): number {
    const { at } = this;
    if (count > this.left) this.fail('truncated', `${count} bytes are due, ${this.left} are left`);
    this.at += count;
    return at;
  }

  byte(): number {
    return this.bytes[this.skip(1)]!;
  }

  varint(): number {
    const start = this.at;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) this.fail('bad-number', 'a number beyond 2^53', start);
      if (byte < 0x80) return value;
      if (this.at - start === 10) this.fail('bad-number', 'a number of more than ten bytes', start);
    }
  }

  /** Signed: 0, -1, 1, -2, … are 0, 1, 2, 3, … */
  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A number of things that take at least `size` bytes each. */
  count(size: number): number {
    const start = this.at;
    const count = this.varint();
    if (count * size > this.left) this.fail('bad-count', `${count} items in ${this.left} bytes`, start);
    return count;
  }

  /** A number below `length`. */
  index(length: number, what: string): number {
    const start = this.at;
    const index = this.varint();
    if (index >= length) this.fail('bad-index', `${what} ${index} of ${length}`, start);
    return index;
  }
}
