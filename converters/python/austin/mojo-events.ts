/** The parts that events of a MOJO file are made of. */
import { ByteReader, type Source } from '../../../src/plugin.ts';
import { pythonText } from '../python-text.ts';

/** No event without texts takes more bytes: seven numbers of ten. */
const EVENT = 80;
/** No text is longer. */
const MAX_TEXT = 1 << 20;
/** Numbers of more than 64 bits are none. */
const MAX_BYTES = 10;
/** The lower part of a number that is read at once. */
const LOW = 2 ** 48;

export class MojoEvents {
  /** Offset in the input of the event. */
  start = 0;
  /** The bits of the number read last, without its sign, in two halves. */
  lowHalf = 0;
  highHalf = 0;
  readonly #source: Source;
  readonly #reader: ByteReader;
  #cut = false;

  constructor(source: Source) {
    this.#source = source;
    this.#reader = new ByteReader(source.stream());
  }

  /** The type of the next event; -1 at the end of the input. */
  next(): number {
    const reader = this.#reader;
    if (!reader.has(EVENT) && reader.at >= reader.end) return -1;
    this.start = reader.offset;
    return reader.bytes[reader.at++]!;
  }

  /** Whether what was read of the event was there. */
  get whole(): boolean {
    return !this.#cut && this.#reader.at <= this.#reader.end;
  }

  skip(bytes: number): void {
    this.#reader.has(bytes);
    this.#reader.at += bytes;
  }

  /** A number of any sign; beyond 2^53 it is rounded, but not its halves. */
  number(): number {
    const reader = this.#reader;
    const { bytes } = reader;
    const from = reader.at;
    let byte = bytes[reader.at++]!;
    const negative = (byte & 0x40) !== 0;
    let low = byte & 0x3f;
    let scale = 64;
    let high = 0;
    while (byte >= 0x80 && reader.at <= reader.end) {
      if (reader.at - from === MAX_BYTES) this.fail('bad-number', 'a number of more than 64 bits');
      byte = bytes[reader.at++]!;
      const part = byte & 0x7f;
      if (scale < LOW) low += part * scale;
      else high += part * (scale / LOW);
      scale *= 128;
    }
    this.lowHalf = low | 0;
    this.highHalf = Math.floor(low / 2 ** 32) | (high << 16);
    const value = low + high * LOW;
    return negative ? -value : value;
  }

  /** A text that ends in a zero. */
  text(): string {
    const reader = this.#reader;
    let length = 0;
    for (let size = 256; this.whole; size *= 2) {
      const all = !reader.has(size);
      const zero = reader.bytes.indexOf(0, reader.at + length);
      if (zero >= 0 && zero < reader.end) {
        const text = pythonText(reader.bytes.subarray(reader.at, zero));
        reader.at = zero + 1;
        return text;
      }
      if (all) this.#cut = true;
      else if (size > MAX_TEXT) this.fail('long-text', `a text of more than ${MAX_TEXT} bytes`);
      length = reader.end - reader.at;
    }
    return '';
  }

  fail(code: string, message: string, hint?: string): never {
    this.#source.fail(code, message, { offset: this.start }, hint);
  }
}
