/** Writes marshal that every Python from 2.5 on reads: records `{ ( u i l g 0`, and no references. */
import { grown } from '../../../src/plugin.ts';

const INT32 = 2n ** 31n;

export class MarshalWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** What was written so far; the writer begins anew. */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Keys and values follow, in turn, and `endDict`. */
  beginDict(): void {
    this.#code('{');
  }

  endDict(): void {
    this.#code('0');
  }

  /** So many values follow. */
  tuple(length: number): void {
    this.#code('(');
    this.#int32(length);
  }

  /** Python's integer for a bigint, its float for a number. */
  number(value: bigint | number): void {
    if (typeof value === 'number') {
      this.#code('g');
      this.#reserve(8);
      this.#view.setFloat64(this.#length, value, true);
      this.#length += 8;
    } else if (value >= -INT32 && value < INT32) {
      this.#code('i');
      this.#int32(Number(value));
    } else {
      this.#long(value);
    }
  }

  boolean(value: boolean): void {
    this.#code(value ? 'T' : 'F');
  }

  /** Lone surrogates, among them those that stand for bytes, take three bytes each, as in Python. */
  text(text: string): void {
    this.#code('u');
    this.#int32(0);
    const start = this.#length;
    this.#reserve(text.length * 3);
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i)!;
      if (code > 0xffff) i++;
      this.#codePoint(code);
    }
    this.#view.setInt32(start - 4, this.#length - start, true);
  }

  #codePoint(code: number): void {
    const bytes = this.#bytes;
    if (code < 0x80) {
      bytes[this.#length++] = code;
      return;
    }
    const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[this.#length++] = ((0xf00 >> (more + 1)) & 0xff) | (code >> (6 * more));
    for (let i = more - 1; i >= 0; i--) bytes[this.#length++] = 0x80 | ((code >> (6 * i)) & 0x3f);
  }

  #long(value: bigint): void {
    let rest = value < 0n ? -value : value;
    const digits: number[] = [];
    for (; rest > 0n; rest >>= 15n) digits.push(Number(rest & 0x7fffn));
    this.#code('l');
    this.#int32(value < 0n ? -digits.length : digits.length);
    this.#reserve(digits.length * 2);
    for (const digit of digits) {
      this.#view.setUint16(this.#length, digit, true);
      this.#length += 2;
    }
  }

  #code(code: string): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = code.charCodeAt(0);
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    this.#bytes = grown(this.#bytes, this.#length + size);
    this.#view = new DataView(this.#bytes.buffer);
  }
}
