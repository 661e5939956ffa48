/** Small ids for keys of three 32-bit integers, given out in order of first sight: 0, 1, 2, … */
import { FIRST_ROOM } from '../../src/plugin.ts';

export class IntegerKeys {
  length = 0;
  /** Four words a slot: the key, and its id + 1 (0 = free). */
  #slots = new Int32Array(4 * FIRST_ROOM);
  #mask = FIRST_ROOM - 1;

  /** The id of a key, which is added if it is new. */
  add(a: number, b: number, c: number): number {
    const slot = this.#slot(a, b, c);
    const found = this.#slots[slot + 3]!;
    if (found !== 0) return found - 1;
    this.#put(slot, a, b, c, ++this.length);
    if (this.length * 2 > this.#mask) this.#grow();
    return this.length - 1;
  }

  /** The id of a key; -1 = it was never added. */
  find(a: number, b: number, c: number): number {
    return this.#slots[this.#slot(a, b, c) + 3]! - 1;
  }

  /** Where the key stands, or would stand. */
  #slot(a: number, b: number, c: number): number {
    const slots = this.#slots;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & this.#mask;
    for (;;) {
      const at = slot << 2;
      if (slots[at + 3] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }

  #put(slot: number, a: number, b: number, c: number, id: number): void {
    this.#slots[slot] = a;
    this.#slots[slot + 1] = b;
    this.#slots[slot + 2] = c;
    this.#slots[slot + 3] = id;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(4 * (this.#mask + 1));
    for (let from = 0; from < old.length; from += 4) {
      const id = old[from + 3]!;
      if (id === 0) continue;
      const [a, b, c] = [old[from]!, old[from + 1]!, old[from + 2]!];
      this.#put(this.#slot(a, b, c), a, b, c, id);
    }
  }
}
