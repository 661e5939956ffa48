/**
 * Records of a CSV file (RFC 4180) as byte ranges: a field in quotes may hold commas, line ends and, doubled,
 * quotes.
 */
import { findByte, grown, type LineReader, type Place, type Source } from '../../../src/plugin.ts';

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
/** Behind the fields, so that whole words can be read. */
const SLACK = 8;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class CsvRecords {
  /** What the fields are ranges of; may change with each record. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as `bytes`. */
  view: DataView<ArrayBuffer>;
  fieldCount = 0;
  /** Field *i* is `bytes[starts[i] … ends[i]]`. */
  starts = new Int32Array(16);
  ends = new Int32Array(16);
  readonly #lines: LineReader;
  readonly #source: Source;
  /** The fields of a record that has quotes, without them. */
  #plain: Uint8Array<ArrayBuffer> = new Uint8Array(4096);
  #plainLength = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.bytes = this.#lines.bytes;
    this.view = this.#lines.view;
  }

  /** Goes to the next record that is no empty line; false at the end of the input. */
  next(): boolean {
    const lines = this.#lines;
    do {
      if (!lines.next()) return false;
    } while (lines.start === lines.end);
    this.fieldCount = 0;
    const { bytes, view, start, end } = lines;
    if (findByte(bytes, view, start, end, QUOTE) < end) {
      this.#readQuoted();
      return true;
    }
    this.bytes = bytes;
    this.view = view;
    let from = start;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== COMMA) continue;
      this.#field(from, at);
      from = at + 1;
    }
    this.#field(from, end);
    return true;
  }

  #field(start: number, end: number): void {
    if (this.fieldCount === this.starts.length) {
      this.starts = grown(this.starts, this.fieldCount + 1);
      this.ends = grown(this.ends, this.fieldCount + 1);
    }
    this.starts[this.fieldCount] = start;
    this.ends[this.fieldCount++] = end;
  }

  /** Copies the fields without their quotes. */
  #readQuoted(): void {
    const lines = this.#lines;
    const opened = lines.place();
    this.#plainLength = 0;
    let from = 0;
    let quoted = false;
    for (;;) {
      const { bytes, start, end } = lines;
      for (let at = start; at < end; at++) {
        const byte = bytes[at]!;
        if (byte === QUOTE) {
          if (quoted && at + 1 < end && bytes[at + 1] === QUOTE) this.#copy(bytes[at++]!);
          else quoted = !quoted;
        } else if (byte === COMMA && !quoted) {
          this.#field(from, this.#plainLength);
          from = this.#plainLength;
        } else {
          this.#copy(byte);
        }
      }
      if (!quoted) break;
      this.#copy(NEWLINE);
      if (!lines.next()) this.#source.fail('truncated', 'the file ends inside of quotes', opened);
    }
    this.#field(from, this.#plainLength);
    this.bytes = this.#plain;
    this.view = new DataView(this.#plain.buffer);
  }

  #copy(byte: number): void {
    if (this.#plainLength + SLACK >= this.#plain.length)
      this.#plain = grown(this.#plain, this.#plain.length + 1);
    this.#plain[this.#plainLength++] = byte;
  }

  text(field: number): string {
    return decoder.decode(this.bytes.subarray(this.starts[field]!, this.ends[field]!));
  }

  /** Where the current record is. */
  place(): Place {
    return this.#lines.place();
  }
}
