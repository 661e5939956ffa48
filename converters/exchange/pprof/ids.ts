/** 64-bit ids to rows: small ones index an array, others (addresses, say) are hashed by their two words. */
export class IdTable {
  /** Row + 1 by id, for ids below its length; 0 = no such id. */
  readonly dense: Int32Array;
  /** Three words a slot: low, high, row + 1 (0 = free). */
  #slots = new Int32Array(0);
  #mask = -1;
  #hashed = 0;

  /** `expected`: about how many ids there will be. */
  constructor(expected: number) {
    this.dense = new Int32Array(expected * 4 + 64);
  }

  /** Gives an id its row; false if it has one already. */
  add(low: number, high: number, row: number): boolean {
    if (high === 0 && low < this.dense.length) {
      if (this.dense[low] !== 0) return false;
      this.dense[low] = row + 1;
      return true;
    }
    if ((this.#hashed + 1) * 2 > this.#mask) this.#rehash();
    const at = this.#slot(low, high);
    if (this.#slots[at + 2] !== 0) return false;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#slots[at + 2] = row + 1;
    this.#hashed++;
    return true;
  }

  /** The row of an id, or -1. */
  find(low: number, high: number): number {
    if (high === 0 && low < this.dense.length) return this.dense[low]! - 1;
    return this.#hashed === 0 ? -1 : this.#slots[this.#slot(low, high) + 2]! - 1;
  }

  /** Where an id is, or would go. */
  #slot(low: number, high: number): number {
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 13;
    const slots = this.#slots;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3;
      if (slots[at + 2] === 0 || (slots[at] === (low | 0) && slots[at + 1] === (high | 0))) return at;
    }
  }

  #rehash(): void {
    const old = this.#slots;
    this.#mask = Math.max(1023, this.#mask * 2 + 1);
    this.#slots = new Int32Array(3 * (this.#mask + 1));
    for (let from = 0; from < old.length; from += 3) {
      if (old[from + 2] === 0) continue;
      this.#slots.set(old.subarray(from, from + 3), this.#slot(old[from]!, old[from + 1]!));
    }
  }
}
