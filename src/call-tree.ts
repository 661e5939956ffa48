/**
 * A calling-context tree under construction: (parent node, frame) to node, in typed arrays.
 *
 * Children are lists in which a node that was found moves to the front, since profiles ask for the same
 * child again and again; a parent with many children gets its children hashed instead.
 */
import { grown } from './columns.ts';

/** A list walk longer than this makes the parent a hashed one. */
const LONG_WALK = 48;

export class CallTree {
  length = 0;
  frame: Int32Array;
  /** -1 for roots. Parents stand before their children. */
  parent: Int32Array;
  #next: Int32Array;
  /** First child + 1 by node + 1 (entry 0 holds the roots); 0 = no child, -1 = the children are hashed. */
  #first: Int32Array;
  #table = new Int32Array(0);
  #tableMask = -1;
  #hashed = 0;

  /** `reserve`: how many nodes to expect; memory that is not used costs nothing. */
  constructor(reserve = 1024) {
    this.frame = new Int32Array(reserve);
    this.parent = new Int32Array(reserve);
    this.#next = new Int32Array(reserve);
    this.#first = new Int32Array(reserve + 1);
  }

  /** The child of `parent` (-1 = the root level) with this frame, made if it is new. */
  child(parent: number, frame: number): number {
    const first = this.#first[parent + 1]! - 1;
    if (first < -1) return this.#hashedChild(parent, frame);
    const frames = this.frame;
    let before = -1;
    let steps = 0;
    for (let node = first; node >= 0; node = this.#next[node]!) {
      if (frames[node] === frame) {
        if (before >= 0) {
          this.#next[before] = this.#next[node]!;
          this.#next[node] = first;
          this.#first[parent + 1] = node + 1;
        }
        return node;
      }
      before = node;
      steps++;
    }
    const node = this.#append(parent, frame);
    this.#next[node] = first;
    this.#first[parent + 1] = node + 1;
    if (steps >= LONG_WALK) this.#hash(parent);
    return node;
  }

  #append(parent: number, frame: number): number {
    const node = this.length++;
    if (node === this.frame.length) {
      this.frame = grown(this.frame, node + 1);
      this.parent = grown(this.parent, node + 1);
      this.#next = grown(this.#next, node + 1);
      this.#first = grown(this.#first, this.frame.length + 1);
    }
    this.frame[node] = frame;
    this.parent[node] = parent;
    return node;
  }

  /** Moves the children of a parent from their list into the table. */
  #hash(parent: number): void {
    for (let node = this.#first[parent + 1]! - 1; node >= 0; node = this.#next[node]!) this.#insert(node);
    this.#first[parent + 1] = -1;
  }

  #hashedChild(parent: number, frame: number): number {
    let slot = this.#slot(parent, frame);
    for (;;) {
      const node = this.#table[slot]! - 1;
      if (node < 0) break;
      if (this.parent[node] === parent && this.frame[node] === frame) return node;
      slot = (slot + 1) & this.#tableMask;
    }
    const node = this.#append(parent, frame);
    this.#insert(node);
    return node;
  }

  #slot(parent: number, frame: number): number {
    let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame, 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    return (hash ^ (hash >>> 13)) & this.#tableMask;
  }

  #insert(node: number): void {
    if (++this.#hashed * 2 > this.#tableMask) {
      const old = this.#table;
      this.#tableMask = Math.max(1023, this.#tableMask * 2 + 1);
      this.#table = new Int32Array(this.#tableMask + 1);
      for (const entry of old) if (entry > 0) this.#place(entry - 1);
    }
    this.#place(node);
  }

  #place(node: number): void {
    let slot = this.#slot(this.parent[node]!, this.frame[node]!);
    while (this.#table[slot] !== 0) slot = (slot + 1) & this.#tableMask;
    this.#table[slot] = node + 1;
  }
}
