/** Writes numbers as bytes: for millions of them, strings on the way would take most of the time. */
import type { Sink, Value } from '../../../src/plugin.ts';

const MINUS = 45;
const ZERO = 48;
/** Bytes that are passed on at once. */
const PIECE = 1 << 16;
/** No number takes more. */
const MAX_NUMBER = 32;
/** More digits are written in two halves. */
const HALF = 1e9;
const HALF_DIGITS = 9;

export class NumberWriter {
  readonly #sink: Sink;
  readonly #bytes = new Uint8Array(PIECE + MAX_NUMBER);
  #end = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Writes one ASCII character. */
  character(code: number): void {
    if (this.#end >= PIECE) this.flush();
    this.#bytes[this.#end++] = code;
  }

  number(value: Value): void {
    if (this.#end >= PIECE) this.flush();
    if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0))
      this.#integer(value);
    else {
      const text = valueText(value);
      for (let i = 0; i < text.length; i++) this.#bytes[this.#end++] = text.charCodeAt(i);
    }
  }

  /** Passes on what is written. */
  flush(): void {
    this.#sink.write(this.#bytes.subarray(0, this.#end));
    this.#end = 0;
  }

  #integer(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.#bytes[this.#end++] = MINUS;
      rest = -rest;
    }
    if (rest < HALF) {
      this.#digits(rest, digitsOf(rest));
      return;
    }
    const high = Math.floor(rest / HALF);
    this.#digits(high, digitsOf(high));
    this.#digits(rest - high * HALF, HALF_DIGITS);
  }

  #digits(value: number, count: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (let at = this.#end + count - 1; at >= this.#end; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#end += count;
  }
}

/** Number of digits, of a value below 10^9. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

/** A number that reads back as the same: beyond 2^53 as text, `null` for NaN, beyond all doubles for infinity. */
export function valueText(value: Value): string {
  if (typeof value === 'bigint') {
    const exact = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
    return exact ? `${value}` : `"${value}"`;
  }
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : `${value}`;
  return Number.isNaN(value) ? 'null' : value > 0 ? '1e999' : '-1e999';
}
