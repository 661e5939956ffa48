/** Nodes of a tree by whole stacks. */
import { type CallTree, grown } from '../../src/plugin.ts';

/** Nodes by stacks, which are given as frames. A stack shares its beginning with the one before. */
export class StackNodes {
  readonly #tree: CallTree;
  /** The stack before, and its nodes. */
  #frames = new Int32Array(256);
  #nodes = new Int32Array(256);
  #depth = 0;

  constructor(tree: CallTree) {
    this.#tree = tree;
  }

  /** The node of the stack `frames[0 … depth]`, root first; -1 = it has no frame. */
  node(frames: Int32Array, depth: number): number {
    if (depth > this.#frames.length) {
      this.#frames = grown(this.#frames, depth);
      this.#nodes = grown(this.#nodes, depth);
    }
    const before = this.#frames;
    const nodes = this.#nodes;
    const common = Math.min(depth, this.#depth);
    let d = 0;
    while (d < common && frames[d] === before[d]) d++;
    let node = d === 0 ? -1 : nodes[d - 1]!;
    for (; d < depth; d++) {
      const frame = frames[d]!;
      node = this.#tree.child(node, frame);
      before[d] = frame;
      nodes[d] = node;
    }
    this.#depth = depth;
    return node;
  }
}
