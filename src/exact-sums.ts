/** Sums by index that stay exact as long as integers are added up. */
import { grown, INT64, type Value } from './columns.ts';
import type { Column } from './profile.ts';

/** An integer that is added up to less than this was not rounded. */
const EXACT = 2 ** 53;
/** The upper half of a sum counts in these. */
const UPPER = 2 ** 52;
const UPPER_BITS = 52n;

/** A sum is `upper * 2^52 + lower`; there are upper halves once a sum has passed 2^53. */
export class ExactSums {
  #lower: Float64Array;
  #upper: Float64Array | undefined;
  #rounded = false;

  constructor(reserve = 1024) {
    this.#lower = new Float64Array(reserve);
  }

  add(index: number, value: Value): void {
    if (index >= this.#lower.length) this.#lower = grown(this.#lower, index + 1);
    if (typeof value === 'number') {
      const sum = this.#lower[index]! + value;
      if (sum < EXACT && sum > -EXACT) {
        this.#lower[index] = sum;
        return;
      }
    }
    this.#addHalves(index, value);
  }

  #addHalves(index: number, value: Value): void {
    this.#upper = grown(this.#upper ?? new Float64Array(0), this.#lower.length);
    const old = this.#lower[index]!;
    const carried = Math.trunc(old / UPPER);
    const upper = typeof value === 'number' ? Math.trunc(value / UPPER) : Number(value >> UPPER_BITS);
    const lower =
      typeof value === 'number' ? value - upper * UPPER : Number(BigInt.asUintN(Number(UPPER_BITS), value));
    this.#upper[index]! += carried + upper;
    this.#lower[index] = old - carried * UPPER + lower;
  }

  /** Whether a sum beyond 2^53 in a `column` was rounded, since not all sums are integers of 64 bits. */
  get rounded(): boolean {
    return this.#rounded;
  }

  /** The first `length` sums: 64-bit integers if one has passed 2^53 and all are such, else doubles. */
  column(length: number): Column {
    const lower = grown(this.#lower, length).subarray(0, length);
    if (!this.#upper) return lower;
    const upper = grown(this.#upper, length);
    const sums = lower.map((value, i) => upper[i]! * UPPER + value);
    this.#rounded = !lower.every(Number.isInteger) || !sums.every((sum) => Math.abs(sum) < INT64);
    if (this.#rounded) return sums;
    const exact = new BigInt64Array(length);
    for (let i = 0; i < length; i++) exact[i] = (BigInt(upper[i]!) << UPPER_BITS) + BigInt(lower[i]!);
    return exact;
  }
}
