/** Stacks that are written with the leaf first: gathered entry by entry, then followed from the root. */
import { grown } from '../../src/plugin.ts';

export class LeafFirst {
  readonly #child: (node: number, entry: number) => number;
  #stack = new Int32Array(256);
  #depth = 0;
  /** The stack before: its entries and their nodes, root first. */
  #path = new Int32Array(256);
  #nodes = new Int32Array(256);
  #pathDepth = 0;

  /** `child` gives the node that an entry leads to from a node, or from -1; always the same. */
  constructor(child: (node: number, entry: number) => number) {
    this.#child = child;
  }

  /** Number of entries so far. */
  get depth(): number {
    return this.#depth;
  }

  /** Adds the caller of all entries so far. */
  push(entry: number): void {
    if (this.#depth === this.#stack.length) this.#stack = grown(this.#stack, this.#depth + 1);
    this.#stack[this.#depth++] = entry;
  }

  clear(): void {
    this.#depth = 0;
  }

  /** The node of the leaf; there is one. The stack is empty then. */
  take(): number {
    const depth = this.#depth;
    const stack = this.#stack;
    if (depth > this.#path.length) {
      this.#path = grown(this.#path, depth);
      this.#nodes = grown(this.#nodes, depth);
    }
    const path = this.#path;
    const nodes = this.#nodes;
    const common = Math.min(depth, this.#pathDepth);
    let d = 0;
    while (d < common && path[d] === stack[depth - 1 - d]) d++;
    let node = d === 0 ? -1 : nodes[d - 1]!;
    for (; d < depth; d++) {
      const entry = stack[depth - 1 - d]!;
      node = this.#child(node, entry);
      path[d] = entry;
      nodes[d] = node;
    }
    this.#pathDepth = depth;
    this.#depth = 0;
    return node;
  }
}
