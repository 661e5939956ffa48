/** The columns of a line of a report, from left to right. */

const TAB = 9;
const SPACE = 32;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;
const decoder = new TextDecoder();

export class ColumnScanner {
  bytes: Uint8Array = new Uint8Array();
  at = 0;
  end = 0;
  /** What was read last. */
  value = 0;
  /** The number behind the `/` or `+` of the count that was read last; NaN = none. */
  second = Number.NaN;

  start(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  skipBlanks(): void {
    while (this.at < this.end && isBlank(this.bytes[this.at]!)) this.at++;
  }

  /** Reads `0.25`, with a point or a comma; whether there is one. Blanks before it are skipped in any case. */
  decimal(): boolean {
    this.skipBlanks();
    const { bytes, end } = this;
    const from = this.at;
    let at = bytes[from] === MINUS ? from + 1 : from;
    const first = at;
    let digits = 0;
    let value = 0;
    for (; at < end && isDigit(bytes[at]!); at++, digits++) value = value * 10 + bytes[at]! - ZERO;
    if (at === first || at >= end || (bytes[at] !== DOT && bytes[at] !== COMMA)) return false;
    const point = at++;
    let scale = 1;
    for (; at < end && isDigit(bytes[at]!); at++, digits++) {
      value = value * 10 + bytes[at]! - ZERO;
      scale *= 10;
    }
    if (at === point + 1 || !this.#endsAt(at)) return false;
    if (digits > EXACT_DIGITS) {
      this.value = Number(decoder.decode(bytes.subarray(from, at)).replace(',', '.'));
    } else {
      this.value = bytes[from] === MINUS ? -value / scale : value / scale;
    }
    this.at = at;
    return true;
  }

  /** Reads `3`, `3/6` or `3+5`; whether there is one. */
  count(): boolean {
    this.skipBlanks();
    const from = this.at;
    this.second = Number.NaN;
    if (!this.#integer()) return false;
    const first = this.value;
    const mark = this.at < this.end ? this.bytes[this.at]! : SPACE;
    if (mark === SLASH || mark === PLUS) {
      this.at++;
      if (this.#integer()) this.second = this.value;
      else this.at = from;
    }
    if (this.at === from || !this.#endsAt(this.at)) {
      this.at = from;
      return false;
    }
    this.value = first;
    return true;
  }

  #integer(): boolean {
    const { bytes, end } = this;
    const from = this.at;
    let value = 0;
    while (this.at < end && isDigit(bytes[this.at]!)) value = value * 10 + bytes[this.at++]! - ZERO;
    this.value = value;
    return this.at > from;
  }

  #endsAt(at: number): boolean {
    return at >= this.end || isBlank(this.bytes[at]!);
  }
}

export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte < ZERO + 10;
}
