/** The cells of a row of CSV, some of them in quotes, as ranges of bytes. A row is a line. */
import { grown, type LineReader } from '../../src/plugin.ts';

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;

export class CsvRow {
  length = 0;
  /** Blanks in front of the first cell, or of what it holds in quotes. */
  indent = 0;
  /** What stands between cells. */
  delimiter = COMMA;
  #from = new Int32Array(16);
  #to = new Int32Array(16);
  /** Whether quotes are doubled in a cell. */
  readonly #doubled: boolean[] = [];
  readonly #lines: LineReader;

  constructor(lines: LineReader) {
    this.#lines = lines;
  }

  /** Splits the current line. Blanks around a cell are none of it. False if a quote does not end where a cell does. */
  read(): boolean {
    const { start, end } = this.#lines;
    this.length = 0;
    for (let at = start; at <= end; at++) {
      at = this.#cell(at, end);
      if (at < 0) return false;
    }
    return true;
  }

  /** Reads a cell; returns where the delimiter behind it is, or the end of the line; -1 = it has no end. */
  #cell(start: number, end: number): number {
    const { bytes } = this.#lines;
    let from = pastBlanks(bytes, start, end);
    let blanks = from - start;
    let at = from;
    let to = end;
    let doubled = false;
    if (bytes[from] === QUOTE && from < end) {
      at = pastBlanks(bytes, from + 1, end);
      blanks += at - from - 1;
      from = at;
      for (; at < end; at++) {
        if (bytes[at] !== QUOTE) continue;
        if (at + 1 === end || bytes[at + 1] !== QUOTE) break;
        doubled = true;
        at++;
      }
      if (at === end) return -1;
      to = at;
      at = pastBlanks(bytes, at + 1, end);
      if (at < end && bytes[at] !== this.delimiter) return -1;
    } else {
      while (at < end && bytes[at] !== this.delimiter) at++;
      to = at;
    }
    while (to > from && bytes[to - 1] === SPACE) to--;
    if (this.length === 0) this.indent = blanks;
    this.#add(from, to, doubled);
    return at;
  }

  #add(from: number, to: number, doubled: boolean): void {
    if (this.length === this.#from.length) {
      this.#from = grown(this.#from, this.length + 1);
      this.#to = grown(this.#to, this.length + 1);
    }
    this.#from[this.length] = from;
    this.#to[this.length] = to;
    this.#doubled[this.length++] = doubled;
  }

  from(cell: number): number {
    return this.#from[cell]!;
  }

  to(cell: number): number {
    return this.#to[cell]!;
  }

  /** What is in a cell; '' for -1. */
  text(cell: number): string {
    if (cell < 0) return '';
    const text = this.#lines.text(this.from(cell), this.to(cell));
    return this.#doubled[cell] ? text.replaceAll('""', '"') : text;
  }

  texts(): string[] {
    return Array.from({ length: this.length }, (_, cell) => this.text(cell));
  }
}

function pastBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}
