/**
 * Protocol buffers as they lie in memory: tags, varints and lengths, each checked against the end of its
 * message, so that a cut or damaged input is found at its first wrong byte.
 *
 * Spec: https://protobuf.dev/programming-guides/encoding/
 * The surprise: a 64-bit number is left as two words of 32 bits. Most fit a double, and few are worth a bigint.
 */

/** Wire types. Groups (3 and 4) are long gone and refused. */
export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

const WIRE_NAMES = [
  'a varint',
  'a 64-bit number',
  'bytes',
  'a group',
  'the end of a group',
  'a 32-bit number',
];
const TWO_32 = 2 ** 32;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Stops the reading; `source.fail` of a parser, with the offset as its place. */
export type ProtobufFail = (code: string, message: string, offset: number) => never;

/**
 * A cursor over one buffer:
 *
 *     while (reader.next()) {
 *       if (reader.field === 1) id = reader.int();
 *       else if (reader.field === 4) {
 *         const outer = reader.enter();
 *         while (reader.next()) …
 *         reader.limit = outer;
 *       } else reader.skip();
 *     }
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** The next byte to read. */
  at = 0;
  /** Behind the last byte of the message that is being read. */
  limit: number;
  /** Number and wire type of the current field, and where its tag stands. */
  field = 0;
  wire = 0;
  tagAt = 0;
  /** The last number read, as two unsigned words. */
  low = 0;
  high = 0;
  readonly #fail: ProtobufFail;

  constructor(bytes: Uint8Array, fail: ProtobufFail) {
    this.bytes = bytes;
    this.limit = bytes.length;
    this.#fail = fail;
  }

  /** Goes to the next field of the message; false at its end. The field is then to be read or skipped. */
  next(): boolean {
    const { at } = this;
    if (at >= this.limit) return false;
    this.tagAt = at;
    const byte = this.bytes[at]!;
    if (byte < 0x80) {
      this.at = at + 1;
      this.field = byte >>> 3;
      this.wire = byte & 7;
    } else {
      this.varint();
      this.field = this.high * 2 ** 29 + (this.low >>> 3);
      this.wire = this.low & 7;
    }
    if (this.field === 0 || this.wire > FIXED32 || this.wire === 3 || this.wire === 4) this.#badTag();
    return true;
  }

  #badTag(): never {
    const what = this.field === 0 ? 'field number 0' : `wire type ${this.wire}`;
    this.#fail('bad-tag', `${what}, which no message has: the data is damaged or no protobuf`, this.tagAt);
  }

  /** Reads a varint into `low` and `high`. Bits beyond the 64th are dropped, as everywhere. */
  varint(): void {
    const { bytes, limit } = this;
    let { at } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= limit) this.#fail('truncated', 'a number goes past the end of its message', this.at);
      if (shift === 70) this.#fail('bad-varint', 'a number of more than 10 bytes', this.at);
      const byte = bytes[at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift > 28) high |= bits << (shift - 32);
      else {
        low |= bits << 28;
        high = bits >>> 4;
      }
      if (byte < 0x80) break;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    this.at = at;
  }

  /** Fails unless the current field has this wire type. */
  expect(wire: number): void {
    if (this.wire === wire) return;
    const is = WIRE_NAMES[this.wire];
    this.#fail('wire-type', `field ${this.field} is ${is}, where ${WIRE_NAMES[wire]} should be`, this.tagAt);
  }

  /** The number in the current field, signed: exact up to 2^53, beyond that the nearest double. */
  int(): number {
    this.expect(VARINT);
    return this.bare();
  }

  /** The next number of a packed list, as `int` gives it. */
  bare(): number {
    const byte = this.bytes[this.at]!;
    if (byte < 0x80 && this.at < this.limit) {
      this.at++;
      this.low = byte;
      this.high = 0;
      return byte;
    }
    this.varint();
    return (this.high | 0) * TWO_32 + this.low;
  }

  /** The last number read, as an exact signed integer. */
  exact(): bigint {
    return BigInt.asIntN(64, this.exactUnsigned());
  }

  /** The last number read, as an exact unsigned integer. */
  exactUnsigned(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** Goes into the current field, a message or a packed list. Returns the limit to be set back behind it. */
  enter(): number {
    this.expect(BYTES);
    const outer = this.limit;
    this.varint();
    const length = this.high * TWO_32 + this.low;
    if (length > outer - this.at) {
      const left = outer - this.at;
      this.#fail(
        'truncated',
        `field ${this.field} has ${length} bytes, but only ${left} are left`,
        this.tagAt,
      );
    }
    this.limit = this.at + length;
    return outer;
  }

  /** The current field as text; bytes that are not UTF-8 become U+FFFD. */
  text(): string {
    const outer = this.enter();
    const text = decoder.decode(this.bytes.subarray(this.at, this.limit));
    this.at = this.limit;
    this.limit = outer;
    return text;
  }

  /** Steps over the current field. */
  skip(): void {
    if (this.wire === VARINT) this.varint();
    else if (this.wire === BYTES) {
      const outer = this.enter();
      this.at = this.limit;
      this.limit = outer;
    } else {
      const size = this.wire === FIXED64 ? 8 : 4;
      if (size > this.limit - this.at) {
        this.#fail('truncated', `field ${this.field} goes past the end of its message`, this.tagAt);
      }
      this.at += size;
    }
  }
}
