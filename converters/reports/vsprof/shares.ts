/** Times from what remains of them: shares of the whole with two decimals, and averages of calls. */
import { Float64List } from '../../../src/plugin.ts';

/** Averages of calls are in milliseconds with two decimals. */
const MILLISECOND = 1e6;
/** How far a figure of two decimals may be off. */
export const HALF = 0.005;

/** What rows say of one metric. */
export class Shares {
  /** Averages times calls, by node; NaN = a row of the node has none. */
  readonly #products = new Float64List();
  readonly #calls = new Float64List();
  /** The best guess at the whole, and how far it may be off, as a part of it. */
  #whole = Number.NaN;
  #error = Number.POSITIVE_INFINITY;

  /** A row of a node that was entered from so many calls; averages in milliseconds. */
  add(node: number, calls: number, averageSelf: number): void {
    while (this.#calls.length <= node) for (const list of [this.#products, this.#calls]) list.push(0);
    this.#products.array[node]! += calls > 0 ? calls * averageSelf : Number.NaN;
    this.#calls.array[node]! += calls;
  }

  /** A row whose calls took so much on average, and such a share of the whole. */
  compare(calls: number, average: number, percent: number): void {
    if (calls === 0 || average === 0 || percent === 0) return;
    const error = HALF / average + HALF / percent;
    if (error >= this.#error) return;
    this.#error = error;
    this.#whole = (calls * average) / (percent / 100);
  }

  /** In milliseconds; NaN = unknown. */
  get whole(): number {
    return this.#whole;
  }

  /** The time of a node in nanoseconds, from its share or from its average: what is less rough. */
  time(node: number, percent: number): number {
    const fromShare = (percent / 100) * this.#whole;
    const product = node < this.#products.length ? this.#products.array[node]! : Number.NaN;
    const isFiner = !Number.isNaN(product) && this.#calls.array[node]! < this.#whole / 100;
    return Math.round((isFiner ? product : fromShare) * MILLISECOND);
  }
}
