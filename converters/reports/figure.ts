/** Figures as tables print them for people: `2,893,824`, `91.25`, `1.234,50`, `0.016612`. */

const SPACE = 32;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 10 }, (_, i) => 10 ** i);

export class Figure {
  /** All digits, as one number. */
  #digits = 0;
  #decimals = 0;

  /**
   * Reads the figure that `bytes[start … end]` begins with; returns where it ends, or -1. Digits are grouped by commas
   * and decimals stand behind a point; in `anyLanguage` the other way round, too, with no figure of three decimals.
   */
  read(bytes: Uint8Array, start: number, end: number, anyLanguage = false): number {
    let digits = 0;
    let count = 0;
    let decimals = -1;
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      if (isDigit(byte)) {
        digits = digits * 10 + byte - ZERO;
        count++;
        if (decimals >= 0) decimals++;
        at++;
        continue;
      }
      const width = markAt(bytes, at);
      if (width === 0 || count === 0 || decimals >= 0) break;
      const isGroup = (byte === COMMA || anyLanguage) && digits > 0 && digitsAt(bytes, at + width, end) === 3;
      if (!isGroup) {
        if (byte !== DOT && !(byte === COMMA && anyLanguage)) break;
        if (digitsAt(bytes, at + 1, end) === 0) break;
        decimals = 0;
      }
      at += width;
    }
    if (count === 0 || count > EXACT_DIGITS) return -1;
    this.#digits = digits;
    this.#decimals = Math.max(decimals, 0);
    return at;
  }

  /** The figure in units of which 10 to the power of `exponent` (up to 9) make one of its own. */
  value(exponent = 0): number {
    const power = exponent - this.#decimals;
    return power < 0 ? this.#digits / POWERS_OF_TEN[-power]! : this.#digits * POWERS_OF_TEN[power]!;
  }

  /** How far the value may be from what was rounded. Integers were not, nor was nothing at all. */
  slack(exponent = 0): number {
    if (this.#decimals === 0 || this.#digits === 0) return 0;
    return POWERS_OF_TEN[exponent]! / POWERS_OF_TEN[this.#decimals]! / 2;
  }
}

/** Bytes of what may stand between digits: a comma, a point, a blank, one that does not break (U+00A0, U+202F); 0 = none. */
function markAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === COMMA || byte === DOT || byte === SPACE) return 1;
  if (byte === 0xc2 && bytes[at + 1] === 0xa0) return 2;
  return byte === 0xe2 && bytes[at + 1] === 0x80 && bytes[at + 2] === 0xaf ? 3 : 0;
}

/** How many digits there are, four at most. */
function digitsAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at < start + 4 && isDigit(bytes[at]!)) at++;
  return at - start;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
