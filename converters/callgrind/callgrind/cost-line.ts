/**
 * The numbers of a cost line: positions, then a cost for each event.
 *
 * Positions may be relative to those of the cost line before (`+3`, `-2`, `*`), hexadecimal, or ranges
 * (`10-20`, of which the first line counts). Only the line is kept: addresses are passed over.
 */
import type { LineReader, Source } from '../../../src/plugin.ts';

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const LOWER_X = 120;
const UPPER_X = 88;
/** So many decimal digits are always exact in a double. */
const EXACT_DIGITS = 15;
/** More digits than any number of 64 bits has, leading zeros included. */
const MAX_DIGITS = 64;
const MAX_COST = 2n ** 63n - 1n;
const MAX_LINE = 2 ** 31 - 1;
/** A number below this may take one more digit and is one of 31 bits still. */
const PLAIN = 1e8;

export class CostLine {
  /** The line that the last cost line stands for; 0 = unknown. */
  line = 0;
  /** The costs of the last cost line; missing ones are 0. */
  values = new Float64Array(0);
  /** The costs that `values` cannot hold exactly, by column; undefined if there are none. */
  exact: Map<number, bigint> | undefined;
  /** Where costs begin for which there is no event; -1 = nowhere. */
  extra = -1;
  readonly #lines: LineReader;
  readonly #source: Source;
  /** How many positions a line has, and which of them is the line (-1 = none). */
  #positions = 1;
  #lineAt = 0;
  /** The line is the only position. */
  #plain = true;
  /** First byte behind the number that was read last. */
  #next = 0;

  constructor(source: Source, lines: LineReader) {
    this.#source = source;
    this.#lines = lines;
  }

  /** What the positions of a line are: words of the `positions:` header. */
  setPositions(words: string[]): void {
    this.#positions = Math.max(1, words.length);
    this.#lineAt = words.length === 0 ? 0 : words.indexOf('line');
    this.#plain = this.#positions === 1 && this.#lineAt === 0;
  }

  setEvents(count: number): void {
    this.values = new Float64Array(count);
  }

  /** Where a part begins, relative positions begin anew. */
  reset(): void {
    this.line = 0;
  }

  /** Reads the line whose first number is at `at`. */
  read(bytes: Uint8Array, at: number, end: number): void {
    const { values } = this;
    this.exact = undefined;
    this.extra = -1;
    let next = this.#position(bytes, at, end);
    for (let k = 0; k < values.length; k++) {
      let byte = bytes[next]!;
      while (byte === SPACE || byte === TAB) byte = bytes[++next]!;
      let value = byte - ZERO;
      if (value >>> 0 > 9 || bytes[next + 1] === LOWER_X) {
        if (next >= end) {
          values.fill(0, k);
          return;
        }
        value = this.#oddCost(bytes, next, k);
        next = this.#next;
      } else {
        const first = next;
        let digit = bytes[++next]! - ZERO;
        while (digit >>> 0 <= 9) {
          value = value * 10 + digit;
          digit = bytes[++next]! - ZERO;
        }
        if (next - first > EXACT_DIGITS) value = this.#longCost(first, next, k);
      }
      if (bytes[next]! > SPACE) this.#badCost(next);
      values[k] = value;
    }
    while (bytes[next] === SPACE || bytes[next] === TAB) next++;
    if (next < end) this.extra = next;
  }

  /**
   * Reads the line at `at` if it is as most are: a decimal line number, and costs with single blanks between
   * them. Returns where the next line begins; or -1, and leaves all but `values` as it was.
   */
  readPlain(bytes: Uint8Array, at: number, end: number): number {
    if (!this.#plain) return -1;
    let next = at;
    const sign = bytes[next]!;
    let { line } = this;
    if (sign === STAR) {
      next++;
    } else {
      if (sign === PLUS || sign === MINUS) next++;
      let number = bytes[next]! - ZERO;
      if (number >>> 0 > 9) return -1;
      let digit = bytes[++next]! - ZERO;
      while (digit >>> 0 <= 9 && number < PLAIN) {
        number = number * 10 + digit;
        digit = bytes[++next]! - ZERO;
      }
      line = sign === PLUS ? line + number : sign === MINUS ? line - number : number;
    }
    const { values } = this;
    for (let k = 0; k < values.length; k++) {
      if (bytes[next] !== SPACE) return -1;
      let value = bytes[++next]! - ZERO;
      if (value >>> 0 > 9) return -1;
      let digit = bytes[++next]! - ZERO;
      while (digit >>> 0 <= 9 && value < PLAIN) {
        value = value * 10 + digit;
        digit = bytes[++next]! - ZERO;
      }
      values[k] = value;
    }
    if (bytes[next] !== NEWLINE || next >= end || line < 0 || line > MAX_LINE) return -1;
    this.line = line;
    return next + 1;
  }

  /** The line that the positions at `at` stand for, relative to the last cost line; 0 = none that makes sense. */
  targetLine(bytes: Uint8Array, at: number): number {
    let next = at;
    for (let p = 0; ; p++) {
      while (bytes[next] === SPACE || bytes[next] === TAB) next++;
      if (p >= this.#lineAt) break;
      while (bytes[next]! > SPACE) next++;
    }
    const sign = bytes[next];
    if (this.#lineAt < 0 || sign === STAR) return this.#lineAt < 0 ? 0 : this.line;
    if (sign === PLUS || sign === MINUS) next++;
    let value = 0;
    for (let digit = bytes[next]! - ZERO; digit >>> 0 <= 9; digit = bytes[++next]! - ZERO)
      value = value * 10 + digit;
    if (bytes[next]! > SPACE) return 0;
    const line = sign === PLUS ? this.line + value : sign === MINUS ? this.line - value : value;
    return line >= 0 && line <= MAX_LINE ? line : 0;
  }

  /** Reads the positions; returns where they end. */
  #position(bytes: Uint8Array, at: number, end: number): number {
    let next = at;
    for (let p = 0; p < this.#positions; p++) {
      let byte = bytes[next]!;
      while (byte === SPACE || byte === TAB) byte = bytes[++next]!;
      if (next >= end && p > 0) return next;
      const first = next;
      const sign = byte === PLUS ? 1 : byte === MINUS ? -1 : 0;
      if (sign !== 0) byte = bytes[++next]!;
      let value = byte - ZERO;
      if (byte === STAR && sign === 0) {
        next++;
        value = this.line;
      } else if (value >>> 0 <= 9) {
        let digit = bytes[++next]! - ZERO;
        while (digit >>> 0 <= 9) {
          value = value * 10 + digit;
          digit = bytes[++next]! - ZERO;
        }
        if (value === 0 && (bytes[next] === LOWER_X || bytes[next] === UPPER_X)) {
          value = this.#hex(bytes, next + 1);
          next = this.#next;
        }
        if (sign !== 0) value = this.line + sign * value;
      } else {
        this.#badPosition(first);
      }
      if (bytes[next]! > SPACE) next = this.#rangeEnd(bytes, next, first);
      if (p === this.#lineAt) {
        if (value < 0 || value > MAX_LINE) this.#badPosition(first);
        this.line = value;
      }
    }
    return next;
  }

  /** Hexadecimal digits from `at`; there is at least one. */
  #hex(bytes: Uint8Array, at: number): number {
    let next = at;
    let value = 0;
    for (;;) {
      const digit = hexDigit(bytes[next]!);
      if (digit < 0) break;
      value = value * 16 + digit;
      next++;
    }
    if (next === at) this.#badPosition(at);
    this.#next = next;
    return value;
  }

  /** Where a range ends (`10-20`, `10:20`, `10+5`) whose first number ends at `at`. */
  #rangeEnd(bytes: Uint8Array, at: number, first: number): number {
    const byte = bytes[at];
    if (byte !== MINUS && byte !== PLUS && byte !== COLON) this.#badPosition(first);
    let next = at + 1;
    while (hexDigit(bytes[next]!) >= 0 || (bytes[next] === LOWER_X && next > at + 1)) next++;
    if (next === at + 1 || bytes[next]! > SPACE) this.#badPosition(first);
    return next;
  }

  /** A cost that does not begin with a digit, or is hexadecimal. */
  #oddCost(bytes: Uint8Array, at: number, column: number): number {
    let next = at;
    // callgrind_annotate prints a dot for 0, and some tools write it.
    if (bytes[at] === DOT && bytes[at + 1]! <= SPACE) {
      this.#next = at + 1;
      return 0;
    }
    const negative = bytes[next] === MINUS;
    if (negative || bytes[next] === PLUS) next++;
    const hex = bytes[next] === ZERO && bytes[next + 1] === LOWER_X;
    const from = hex ? next + 2 : next;
    next = from;
    while (hex ? hexDigit(bytes[next]!) >= 0 : (bytes[next]! - ZERO) >>> 0 <= 9) next++;
    if (next === from) this.#badCost(at);
    this.#next = next;
    const value = this.#longCost(from, next, column, hex ? '0x' : '');
    if (!negative) return value;
    const exact = this.exact?.get(column);
    if (exact !== undefined) this.exact!.set(column, -exact);
    return -value;
  }

  /** A cost that may need more than a double: the digits from `from` to `to`. */
  #longCost(from: number, to: number, column: number, prefix = ''): number {
    const value = to - from > MAX_DIGITS ? MAX_COST + 1n : BigInt(prefix + this.#lines.text(from, to));
    if (value > MAX_COST) {
      const word = this.#word(from, true);
      this.#source.fail('cost-too-large', `a cost of ${word} is more than 2^63 - 1`, this.#lines.place(from));
    }
    // Rows are kept as twice the value, so half of what a double holds is the limit.
    if (value > BigInt(Number.MAX_SAFE_INTEGER) / 2n) {
      this.exact ??= new Map();
      this.exact.set(column, value);
    }
    return Number(value);
  }

  #badCost(at: number): never {
    const word = this.#word(at, true);
    const hint = /^-?\d*\.\d+/.test(word) ? 'costs are whole numbers: choose a smaller unit' : undefined;
    this.#source.fail(
      'bad-cost',
      `expected a cost, a whole number, got "${word}"`,
      this.#lines.place(at),
      hint,
    );
  }

  #badPosition(at: number): never {
    const what = this.#lineAt < 0 ? 'an address' : 'a line number';
    this.#source.fail('bad-position', `expected ${what}, got "${this.#word(at)}"`, this.#lines.place(at));
  }

  /** The word at `at`, or with `whole` the one around it; cut to a length fit for a message. */
  #word(at: number, whole = false): string {
    const { bytes, start, end } = this.#lines;
    let from = at;
    while (whole && from > start && bytes[from - 1]! > SPACE) from--;
    let to = at;
    while (to < end && to - from < 40 && bytes[to]! > SPACE) to++;
    return this.#lines.text(from, to);
  }
}

/** Value of a hexadecimal digit, or -1. */
function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= 57) return byte - ZERO;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
