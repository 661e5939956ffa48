/** The parts that records of a hotshot log are made of. */
import { ByteReader, type Source } from '../../../src/plugin.ts';
import { pythonText } from '../python-text.ts';

/** Bytes of the longest record without a text; a number takes up to five. */
const RECORD = 16;
/** No name, and no fact about the profile, is longer. */
const MAX_TEXT = 1 << 20;
const MAX_NUMBER = 2 ** 31;

export class RecordReader {
  /** The first byte of the record. */
  byte = 0;
  /** Offset in the input of the record. */
  start = 0;
  readonly #source: Source;
  readonly #reader: ByteReader;

  constructor(source: Source) {
    this.#source = source;
    this.#reader = new ByteReader(source.stream());
  }

  /** Goes to the next record; false at the end of the log. */
  next(): boolean {
    const reader = this.#reader;
    if (!reader.has(RECORD) && reader.at >= reader.end) return false;
    this.start = reader.offset;
    this.byte = reader.bytes[reader.at++]!;
    return true;
  }

  /** Whether what was read of the record was there; if not, the log is cut off, and that is told. */
  isWhole(): boolean {
    if (this.#reader.at <= this.#reader.end) return true;
    const hint = 'was the program killed? hotshot writes its log in blocks';
    this.#source.warn('cut-off', 'the log ends within a record', { offset: this.start }, hint);
    return false;
  }

  /** A number of which the first byte has a part besides `bits` of the record's type. */
  packed(bits: number): number {
    const value = (this.byte & 0x7f) >> bits;
    return this.byte < 0x80 ? value : this.#continued(value, 7 - bits);
  }

  /** A number of its own. */
  number(): number {
    const reader = this.#reader;
    const byte = reader.bytes[reader.at++]!;
    return byte < 0x80 ? byte : this.#continued(byte & 0x7f, 7);
  }

  #continued(first: number, firstBits: number): number {
    const reader = this.#reader;
    let value = first;
    let scale = 2 ** firstBits;
    let byte: number;
    do {
      byte = reader.bytes[reader.at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      // Behind the end of a log that is cut off stands anything.
      if (value >= MAX_NUMBER && reader.at <= reader.end) {
        this.#source.fail('bad-number', 'a number of more than 31 bits', { offset: this.start });
      }
    } while (byte >= 0x80 && reader.at <= reader.end);
    return value;
  }

  /** A text. Texts are read for records that are rare. */
  text(): string {
    const reader = this.#reader;
    if (reader.at > reader.end) return '';
    reader.has(RECORD);
    const length = this.number();
    if (length > MAX_TEXT && reader.at <= reader.end) {
      this.#source.fail('long-text', `a text of ${length} bytes`, { offset: this.start });
    }
    if (!reader.has(length)) {
      reader.at = reader.end + 1;
      return '';
    }
    const text = pythonText(reader.bytes.subarray(reader.at, reader.at + length));
    reader.at += length;
    return text;
  }
}
