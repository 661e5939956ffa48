/** Integers by row; those beyond 2^53 are kept apart. */
import { type Column, Float64List, type Value } from '../../src/plugin.ts';

export class IntegerList {
  readonly #list = new Float64List();
  readonly #large = new Map<number, bigint>();

  get length(): number {
    return this.#list.length;
  }

  push(value: Value): void {
    if (typeof value === 'bigint') this.#large.set(this.#list.length, value);
    this.#list.push(Number(value));
  }

  /** Sets the value of a row, which may be the next one or further on; those between are 0. */
  set(row: number, value: Value): void {
    while (this.#list.length <= row) this.#list.push(0);
    if (typeof value === 'bigint') this.#large.set(row, value);
    this.#list.array[row] = Number(value);
  }

  /** Adds a small number to the value of a row. */
  add(row: number, value: number): void {
    this.#list.array[row]! += value;
  }

  column(): Column {
    if (this.#large.size === 0) return this.#list.trimmed();
    return BigInt64Array.from(this.#list.trimmed(), (value, i) => this.#large.get(i) ?? BigInt(value));
  }
}
