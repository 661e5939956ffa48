/** What the names of a file stand for: ids of its name compression, and functions by name, file and object. */
import { FIRST_ROOM, Int32List } from '../../../src/plugin.ts';

/** Ids beyond this are looked up in a map. */
const DENSE = 1 << 22;

/** One id space of the name compression: id to a number, -1 while it is undefined. */
export class IdTable {
  #dense = new Int32Array(FIRST_ROOM).fill(-1);
  readonly #sparse = new Map<number, number>();

  get(id: number): number {
    const dense = this.#dense;
    return id < dense.length ? dense[id]! : (this.#sparse.get(id) ?? -1);
  }

  set(id: number, value: number): void {
    if (id >= DENSE) {
      this.#sparse.set(id, value);
      return;
    }
    if (id >= this.#dense.length) {
      const larger = new Int32Array(Math.min(DENSE, Math.max(this.#dense.length * 2, id + 1))).fill(-1);
      larger.set(this.#dense);
      this.#dense = larger;
    }
    this.#dense[id] = value;
  }
}

/** Three small integers to one: ids count up from 0 in order of first sight. */
export class TripleIndex {
  readonly a = new Int32List();
  readonly b = new Int32List();
  readonly c = new Int32List();
  #table = new Int32Array(FIRST_ROOM);
  #mask = FIRST_ROOM - 1;

  get length(): number {
    return this.a.length;
  }

  find(a: number, b: number, c: number): number {
    let slot = this.#slot(a, b, c);
    for (;;) {
      const id = this.#table[slot]! - 1;
      if (id < 0) break;
      if (this.a.array[id] === a && this.b.array[id] === b && this.c.array[id] === c) return id;
      slot = (slot + 1) & this.#mask;
    }
    const id = this.length;
    this.a.push(a);
    this.b.push(b);
    this.c.push(c);
    this.#table[slot] = id + 1;
    if (this.length * 2 > this.#mask) this.#rehash();
    return id;
  }

  #slot(a: number, b: number, c: number): number {
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0x27d4eb2f);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }

  #rehash(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#table = new Int32Array(this.#mask + 1);
    for (let id = 0; id < this.length; id++) {
      let slot = this.#slot(this.a.array[id]!, this.b.array[id]!, this.c.array[id]!);
      while (this.#table[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#table[slot] = id + 1;
    }
  }
}
