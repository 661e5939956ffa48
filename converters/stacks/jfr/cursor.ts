/** Reads the values of a chunk one by one: integers of 7 bits a byte, lowest first; numbers with a point big-endian. */

/** What a constant is referred to by; a bigint where a number would be rounded. */
export type Key = number | bigint;

/** A text that stands elsewhere, among the constants. */
export class TextConstant {
  readonly key: Key;

  constructor(key: Key) {
    this.key = key;
  }
}

export type Text = string | TextConstant;

/** How a text is kept. */
const NO_TEXT = 0;
const EMPTY = 1;
const CONSTANT = 2;
const UTF_8 = 3;
const CHARACTERS = 4;
const LATIN_1 = 5;

const utf8 = new TextDecoder();
const latin1 = new TextDecoder('latin1');

export class Cursor {
  /** Position in `bytes` of the next byte. */
  at: number;
  readonly bytes: Uint8Array;
  /** Behind the last byte that may be read. */
  end: number;
  readonly #view: DataView;
  readonly #fail: (message: string, at: number) => never;

  /** Reads what stands in `bytes` from `at` to `end`. `fail` is told of what makes no sense, and where. */
  constructor(bytes: Uint8Array, at: number, end: number, fail: (message: string, at: number) => never) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#fail = fail;
  }

  fail(message: string): never {
    return this.#fail(message, this.at);
  }

  /** Goes on by so many bytes; returns where they begin. */
  skip(count: number): number {
    const start = this.at;
    if (!(count >= 0 && count <= this.end - start)) this.fail('it ends within a value');
    this.at = start + count;
    return start;
  }

  byte(): number {
    if (this.at === this.end) this.fail('it ends within a value');
    return this.bytes[this.at++]!;
  }

  /** An integer of 64 bits without a sign; beyond 2^53 it is rounded. */
  unsigned(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 56; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return value + this.byte() * 2 ** 56;
  }

  /** An integer of 64 bits; beyond 2^53 it is rounded. */
  integer(): number {
    const key = this.key();
    return typeof key === 'number' ? key : Number(BigInt.asIntN(64, key));
  }

  /** An integer of 64 bits without a sign, exactly. */
  key(): Key {
    const start = this.at;
    const value = this.unsigned();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    let exact = 0n;
    for (let i = 0; start + i < this.at; i++)
      exact |= BigInt(this.bytes[start + i]! & (i < 8 ? 127 : 255)) << BigInt(7 * i);
    return exact;
  }

  /** How many of something follow, each of which takes a byte or more. */
  count(): number {
    const count = this.unsigned();
    if (count > this.end - this.at) this.fail(`${count} of something in ${this.end - this.at} bytes`);
    return count;
  }

  float(): number {
    return this.#view.getFloat32(this.skip(4));
  }

  double(): number {
    return this.#view.getFloat64(this.skip(8));
  }

  text(): Text {
    const kind = this.byte();
    switch (kind) {
      case NO_TEXT:
      case EMPTY:
        return '';
      case CONSTANT:
        return new TextConstant(this.key());
      case UTF_8:
      case LATIN_1: {
        const size = this.count();
        const start = this.skip(size);
        return (kind === UTF_8 ? utf8 : latin1).decode(this.bytes.subarray(start, start + size));
      }
      case CHARACTERS: {
        const characters = Array.from({ length: this.count() }, () => this.unsigned());
        return characters.map((character) => String.fromCharCode(character)).join('');
      }
      default:
        return this.fail(`a text of kind ${kind}`);
    }
  }
}
