/** Node ids to small integers: an array while ids are, as in most profiles, not much larger than the number of nodes. */
import { grown } from '../../../src/plugin.ts';

export class NodeIds {
  #dense: Int32Array;
  /** Ids from here on are kept apart. */
  readonly #limit: number;
  #sparse: Map<number, number> | undefined;

  constructor(limit: number, reserve: number) {
    this.#limit = limit;
    this.#dense = new Int32Array(Math.min(limit, reserve));
  }

  /** The integer of an id; 0 = there is none. */
  get(id: number): number {
    if (id >= 0 && id < this.#dense.length && Number.isInteger(id)) return this.#dense[id]!;
    return this.#sparse?.get(id) ?? 0;
  }

  set(id: number, value: number): void {
    if (id >= 0 && id < this.#limit && Number.isInteger(id)) {
      if (id >= this.#dense.length) this.#dense = grown(this.#dense, id + 1);
      this.#dense[id] = value;
    } else {
      this.#sparse ??= new Map();
      this.#sparse.set(id, value);
    }
  }

  /** An id with a negative integer, if there is one. */
  negative(): number | undefined {
    const id = this.#dense.findIndex((value) => value < 0);
    if (id >= 0) return id;
    for (const [sparse, value] of this.#sparse ?? []) if (value < 0) return sparse;
    return undefined;
  }
}
