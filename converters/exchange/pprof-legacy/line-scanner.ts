/** Looks at a line byte by byte: numbers and addresses. */
import type { LineReader, Value } from '../../../src/plugin.ts';

const SPACE = 32;
const TAB = 9;
const MINUS = 45;

export class LineScanner {
  at = 0;
  /** Words of the last address. */
  low = 0;
  high = 0;
  readonly lines: LineReader;

  constructor(lines: LineReader) {
    this.lines = lines;
  }

  /** Goes to the start of the reader's line. */
  start(): void {
    this.at = this.lines.start;
  }

  get done(): boolean {
    return this.at >= this.lines.end;
  }

  spaces(): void {
    const { bytes, end } = this.lines;
    while (this.at < end && (bytes[this.at] === SPACE || bytes[this.at] === TAB)) this.at++;
  }

  /** Steps over spaces and this character; false if another stands there. */
  take(char: string): boolean {
    this.spaces();
    if (this.done || this.lines.bytes[this.at] !== char.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  /** Steps over spaces and a number of 64 bits; undefined if there is none. */
  integer(): Value | undefined {
    this.spaces();
    const { bytes, end } = this.lines;
    const from = this.at;
    if (!this.done && bytes[this.at] === MINUS) this.at++;
    const digits = this.at;
    let value = 0;
    for (; this.at < end && isDigit(bytes[this.at]!); this.at++) value = value * 10 + bytes[this.at]! - 48;
    if (this.at === digits || this.at - digits > 40) return undefined;
    const sign = digits > from ? -1 : 1;
    if (Number.isSafeInteger(value)) return sign * value;
    const exact = BigInt(this.lines.text(digits, this.at)) * BigInt(sign);
    return BigInt.asIntN(64, exact) === exact ? exact : undefined;
  }

  /** Reads an address, `0x…`, which must stand here. Returns false if none does. */
  address(): boolean {
    const { bytes, end } = this.lines;
    const from = this.at;
    if (from + 2 >= end || bytes[from] !== 48 || bytes[from + 1] !== 120) return false;
    let low = 0;
    let high = 0;
    let at = from + 2;
    let digits = 0;
    for (; at < end; at++) {
      const digit = hexDigit(bytes[at]!);
      if (digit < 0) break;
      if (digits > 0 || digit > 0) digits++;
      high = ((high << 4) | (low >>> 28)) >>> 0;
      low = ((low << 4) | digit) >>> 0;
    }
    if (at === from + 2 || digits > 16) return false;
    this.at = at;
    this.low = low;
    this.high = high;
    return true;
  }

  /** Goes to the next address of the line, whatever stands before it, and reads it. */
  nextAddress(): boolean {
    const { bytes, end } = this.lines;
    for (; this.at + 2 < end; this.at++) {
      if (bytes[this.at] === 48 && bytes[this.at + 1] === 120 && this.address()) return true;
    }
    return false;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - 48;
  if (byte >= 97 && byte <= 102) return byte - 87;
  return byte >= 65 && byte <= 70 ? byte - 55 : -1;
}
