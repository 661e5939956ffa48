/** Writes protocol buffers into one reused buffer: what `ProtobufReader` reads. */
import { BYTES, grown, VARINT } from '../../../src/plugin.ts';

const TWO_32 = 2 ** 32;
const encoder = new TextEncoder();

/** Wire type of numbers of 8 bytes. */
const FIXED64 = 1;
/** The most bytes of a varint. */
const MAX_VARINT = 10;

export class ProtobufWriter {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  /** A view of the memory that `bytes` lies in now. */
  get view(): DataView<ArrayBuffer> {
    if (this.#view.buffer !== this.bytes.buffer) this.#view = new DataView(this.bytes.buffer);
    return this.#view;
  }

  /** What was written. It is overwritten after `length = 0`. */
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Makes room for so many bytes more. */
  room(size: number): void {
    this.bytes = grown(this.bytes, this.length + size);
  }

  /** A number as a varint, without a field: an integer whose two's complement has 64 bits. */
  varint(value: number | bigint): void {
    this.room(MAX_VARINT);
    if (typeof value === 'bigint') {
      const bits = BigInt.asUintN(64, value);
      this.#words(Number(bits & 0xffffffffn), Number(bits >> 32n));
    } else if (value >= 0 && value < 0x80) {
      this.bytes[this.length++] = value;
    } else if (value >= 0 && value < TWO_32) {
      this.#words(value, 0);
    } else if (Number.isSafeInteger(value)) {
      const high = Math.floor(value / TWO_32);
      this.#words(value - high * TWO_32, high >>> 0);
    } else {
      this.varint(BigInt(value));
    }
  }

  #words(low: number, high: number): void {
    const { bytes } = this;
    let at = this.length;
    while (high !== 0) {
      bytes[at++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    for (; low >= 0x80; low >>>= 7) bytes[at++] = (low & 0x7f) | 0x80;
    bytes[at++] = low;
    this.length = at;
  }

  /** A field with a number, zero too. */
  int(field: number, value: number | bigint): void {
    this.varint(field * 8 + VARINT);
    this.varint(value);
  }

  /** A field with a number, unless it is zero: that is what readers take for granted. */
  some(field: number, value: number | bigint): void {
    if (value) this.int(field, value);
  }

  /** A field with a number of 64 bits that always takes 8 bytes. */
  fixed64(field: number, value: bigint): void {
    this.varint(field * 8 + FIXED64);
    this.eight((view, at) => view.setBigUint64(at, BigInt.asUintN(64, value), true));
  }

  /** A field with a double. */
  double(field: number, value: number): void {
    this.varint(field * 8 + FIXED64);
    this.eight((view, at) => view.setFloat64(at, value, true));
  }

  /** Eight bytes that the function sets. */
  eight(set: (view: DataView, at: number) => void): void {
    this.room(8);
    set(this.view, this.length);
    this.length += 8;
  }

  /** A field of text. */
  text(field: number, text: string): void {
    this.message(field, encoder.encode(text));
  }

  /** A field of bytes, or of a message that was written elsewhere. */
  message(field: number, content: Uint8Array): void {
    this.varint(field * 8 + BYTES);
    this.varint(content.length);
    this.append(content);
  }

  append(content: Uint8Array): void {
    this.room(content.length);
    this.bytes.set(content, this.length);
    this.length += content.length;
  }
}
