/** The nodes of a recording as a tree whose parents stand before their children, without its root. */
import { grown, type Source } from '../../../src/plugin.ts';
import type { CallFrames, Synthetic } from '../call-frame.ts';
import type { Recording } from './recording.ts';

export class Tree {
  length: number;
  frame: Int32Array;
  /** -1 = called by nobody. */
  parent: Int32Array;
  readonly #frames: CallFrames;
  /** What nodes at the top stand for, if not for functions. */
  readonly #synthetic = new Map<number, Synthetic>();
  /** Numbers in the tree by number in the recording, or by how much they are shifted. */
  readonly #numbers: Int32Array | number;
  readonly #added = new Map<string, number>();

  constructor(recording: Recording, frames: CallFrames, source: Source) {
    this.#frames = frames;
    const { length, frame, parent } = recording;
    const rooted = length > 0 && parent[0] === -1 && isRoot(frames, frame[0]!);
    if (rooted && inOrder(recording)) {
      // V8 writes (root) first, and parents before their children.
      this.#numbers = 1;
      this.length = length - 1;
      this.frame = frame.subarray(1);
      this.parent = parent.subarray(1);
      for (let node = 0; node < this.length; node++) this.parent[node]!--;
    } else {
      const { numbers, count } = numbered(recording, frames, source);
      this.#numbers = numbers;
      this.length = count;
      this.frame = new Int32Array(count);
      this.parent = new Int32Array(count);
      for (let node = 0; node < length; node++) {
        const number = numbers[node]!;
        if (number < 0) continue;
        this.frame[number] = frame[node]!;
        this.parent[number] = parent[node] === -1 ? -1 : numbers[parent[node]!]!;
      }
    }
    for (let node = 0; node < this.length; node++) {
      const synthetic = this.parent[node] === -1 ? frames.synthetic(this.frame[node]!) : undefined;
      if (synthetic) this.#synthetic.set(node, synthetic);
    }
  }

  /** Number of a node of the recording in this tree; -1 = a root. */
  number(node: number): number {
    return typeof this.#numbers === 'number' ? node - this.#numbers : this.#numbers[node]!;
  }

  /** What a node at the top stands for, if not for a function. */
  synthetic(node: number): Synthetic | undefined {
    return this.#synthetic.get(node);
  }

  /** The caller of all callers of a node. */
  outermost(node: number): number {
    let top = node;
    while (top >= 0 && this.parent[top]! >= 0) top = this.parent[top]!;
    return top;
  }

  /** The node for a synthetic node's frame on top of another node, above which there are only functions. */
  onTop(below: number, node: number): number {
    if (below < 0) return node;
    const frame = this.frame[node]!;
    for (let at = below; at >= 0; at = this.parent[at]!) {
      if (this.frame[at] === frame) return at;
      if (this.#frames.synthetic(this.frame[at]!) === undefined) break;
    }
    const key = `${below} ${frame}`;
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    const added = this.length++;
    this.frame = grown(this.frame, this.length);
    this.parent = grown(this.parent, this.length);
    this.frame[added] = frame;
    this.parent[added] = below;
    this.#added.set(key, added);
    return added;
  }
}

function isRoot(frames: CallFrames, frame: number): boolean {
  return frames.synthetic(frame) === 'root';
}

/** Whether the first node is the only one without a parent, and parents stand before their children. */
function inOrder({ length, parent }: Recording): boolean {
  for (let node = 1; node < length; node++) {
    const p = parent[node]!;
    if (p < 0 || p >= node) return false;
  }
  return true;
}

/** Numbers the nodes level by level; roots get -1. */
function numbered(
  { length, frame, parent, path }: Recording,
  frames: CallFrames,
  source: Source,
): { numbers: Int32Array; count: number } {
  const firstChild = new Int32Array(length).fill(-1);
  const sibling = new Int32Array(length);
  const queue = new Int32Array(length);
  let reached = 0;
  for (let node = length - 1; node >= 0; node--) {
    const p = parent[node]!;
    if (p < 0) continue;
    sibling[node] = firstChild[p]!;
    firstChild[p] = node;
  }
  for (let node = 0; node < length; node++) if (parent[node] === -1) queue[reached++] = node;
  const tops = reached;
  for (let i = 0; i < reached; i++) {
    for (let node = firstChild[queue[i]!]!; node >= 0; node = sibling[node]!) queue[reached++] = node;
  }
  const numbers = new Int32Array(length).fill(-2);
  let count = 0;
  for (let i = 0; i < reached; i++) {
    const node = queue[i]!;
    numbers[node] = i < tops && isRoot(frames, frame[node]!) ? -1 : count++;
  }
  if (reached < length) {
    const node = numbers.indexOf(-2);
    source.fail('cyclic', 'nodes are children of each other in a circle', {
      path: `${path}${path && '.'}nodes[${node}]`,
    });
  }
  return { numbers, count };
}
