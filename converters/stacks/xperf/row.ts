/** The cells of a row of CSV without quotes, as ranges of bytes. */
import { grown, type LineReader } from '../../../src/plugin.ts';

const TAB = 9;
const SPACE = 32;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;

export class CsvRow {
  length = 0;
  #from = new Int32Array(16);
  #to = new Int32Array(16);
  #lines: LineReader;

  constructor(lines: LineReader) {
    this.#lines = lines;
  }

  /** Splits the current line. Blanks around a cell are none of it. */
  read(): void {
    const { bytes, start, end } = this.#lines;
    this.length = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && bytes[at] !== COMMA) continue;
      this.#add(from, at);
      from = at + 1;
    }
  }

  #add(start: number, end: number): void {
    const { bytes } = this.#lines;
    let [from, to] = [start, end];
    while (from < to && (bytes[from] === SPACE || bytes[from] === TAB)) from++;
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
    if (this.length === this.#from.length) {
      this.#from = grown(this.#from, this.length + 1);
      this.#to = grown(this.#to, this.length + 1);
    }
    this.#from[this.length] = from;
    this.#to[this.length++] = to;
  }

  from(cell: number): number {
    return this.#from[cell]!;
  }

  to(cell: number): number {
    return this.#to[cell]!;
  }

  text(cell: number): string {
    return this.#lines.text(this.from(cell), this.to(cell));
  }

  /** NaN = it is none. */
  number(cell: number): number {
    const { bytes } = this.#lines;
    const [from, to] = [this.from(cell), this.to(cell)];
    const first = bytes[from] === MINUS ? from + 1 : from;
    let value = 0;
    let scale = 0;
    for (let at = first; at < to; at++) {
      if (bytes[at] === DOT && scale === 0) {
        scale = 1;
        continue;
      }
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9 || at - first > EXACT_DIGITS) return this.#anyNumber(cell);
      value = value * 10 + digit;
      scale *= 10;
    }
    if (first === to) return Number.NaN;
    // A quotient of two exact numbers is rounded once.
    return (first === from ? value : -value) / (scale || 1);
  }

  #anyNumber(cell: number): number {
    const text = this.text(cell);
    return text === '' ? Number.NaN : Number(text);
  }
}
