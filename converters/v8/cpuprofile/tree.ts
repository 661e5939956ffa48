/**
 * The nodes of a recording as a tree whose parents stand before their children.
 *
 * Left out are the root, and the nodes below it that stand for no function, such as (program): they are added
 * where samples need them, at the top or on other nodes.
 */
import { grown, type Source } from '../../../src/plugin.ts';
import type { CallFrames, Synthetic } from '../call-frame.ts';
import type { Recording } from './recording.ts';

/** In place of a node's number: the root, on which a stack is empty. */
export const NONE = -1;
/** In place of a node's number: what it stands for. */
export const PROGRAM = -3;
export const IDLE = -4;
export const GC = -5;
const CODES: Record<Synthetic, number> = { root: NONE, program: PROGRAM, idle: IDLE, gc: GC };

/** More nodes left out than this are not looked for one by one. */
const FEW = 8;

export class Tree {
  length = 0;
  frame: Int32Array;
  /** -1 = called by nobody. */
  parent: Int32Array;
  /** The code of a frame that stands for no function, else 0. */
  readonly #codeOfFrame: Int8Array;
  /** The frame of each code, by its negative. */
  readonly #frameOfCode: number[] = [];
  /** Number or code by node of the recording; absent if they follow from what was left out. */
  readonly #numbers: Int32Array | undefined;
  /** The nodes left out, ascending, and their codes. */
  readonly #leftOut: number[] = [];
  readonly #leftOutCodes: number[] = [];
  readonly #added = new Map<number, number>();

  constructor(recording: Recording, frames: CallFrames, source: Source) {
    this.#codeOfFrame = new Int8Array(frames.count);
    for (const [frame, synthetic] of frames.synthetic) {
      this.#codeOfFrame[frame] = CODES[synthetic];
      this.#frameOfCode[-CODES[synthetic]] = frame;
    }
    const { length, frame, parent } = recording;
    const codes = this.#codesOf(recording);
    const order = parentsFirst(recording) ? undefined : levelOrder(recording, source);
    const few = this.#leftOut.length <= FEW;
    if (order || !few) this.#numbers = new Int32Array(length);
    // In the same order the columns can move up where they are.
    this.frame = order ? new Int32Array(length) : frame;
    this.parent = order ? new Int32Array(length) : parent;
    for (let i = 0; i < length; i++) {
      const node = order ? order[i]! : i;
      const code = codes[node]!;
      if (this.#numbers) this.#numbers[node] = code < 0 ? code : this.length;
      if (code < 0) continue;
      const p = parent[node]!;
      this.frame[this.length] = frame[node]!;
      this.parent[this.length] = p < 0 ? -1 : this.number(p);
      this.length++;
    }
  }

  /** The codes of the nodes to be left out, 0 for all others. */
  #codesOf({ length, frame, parent }: Recording): Int8Array {
    const codes = new Int8Array(length);
    for (let node = 0; node < length; node++) {
      const code = this.#codeOfFrame[frame[node]!]!;
      if (code === 0) continue;
      const p = parent[node]!;
      const atTop = p < 0 || (parent[p] === -1 && this.#codeOfFrame[frame[p]!] === NONE);
      if (code === NONE ? p < 0 : atTop) codes[node] = code;
    }
    // V8 does not call functions from there; should another program say so, it is a function like others.
    for (let node = 0; node < length; node++) {
      const p = parent[node]!;
      if (p >= 0 && codes[p]! < NONE) codes[p] = 0;
    }
    for (let node = 0; node < length; node++) {
      if (codes[node] === 0) continue;
      this.#leftOut.push(node);
      this.#leftOutCodes.push(codes[node]!);
    }
    return codes;
  }

  /** Number of a node of the recording in this tree, or its code. */
  number(node: number): number {
    if (this.#numbers) return this.#numbers[node]!;
    const leftOut = this.#leftOut;
    let before = 0;
    while (before < leftOut.length && leftOut[before]! < node) before++;
    return leftOut[before] === node ? this.#leftOutCodes[before]! : node - before;
  }

  /** The caller of all callers of a node. */
  outermost(node: number): number {
    let top = node;
    while (top >= 0 && this.parent[top]! >= 0) top = this.parent[top]!;
    return top;
  }

  /** The node that stands for what a code says, called by nobody. */
  top(code: number): number {
    return this.#child(NONE, code);
  }

  /** The node for it on top of another node, above which there are only functions. */
  onTop(below: number, code: number): number {
    for (let at = below; at >= 0; at = this.parent[at]!) {
      const found = this.#codeOfFrame[this.frame[at]!]!;
      if (found === code) return at;
      if (found === 0) break;
    }
    return this.#child(below, code);
  }

  #child(below: number, code: number): number {
    const key = below * -GC - code;
    let node = this.#added.get(key);
    if (node === undefined) {
      node = this.length++;
      this.frame = grown(this.frame, this.length);
      this.parent = grown(this.parent, this.length);
      this.frame[node] = this.#frameOfCode[-code]!;
      this.parent[node] = below;
      this.#added.set(key, node);
    }
    return node;
  }
}

function parentsFirst({ length, parent }: Recording): boolean {
  for (let node = 0; node < length; node++) if (parent[node]! >= node) return false;
  return true;
}

/** All nodes, level by level. */
function levelOrder(recording: Recording, source: Source): Int32Array {
  const { length, parent } = recording;
  const firstChild = new Int32Array(length).fill(-1);
  const sibling = new Int32Array(length);
  const order = new Int32Array(length);
  let reached = 0;
  for (let node = length - 1; node >= 0; node--) {
    const p = parent[node]!;
    if (p < 0) continue;
    sibling[node] = firstChild[p]!;
    firstChild[p] = node;
  }
  for (let node = 0; node < length; node++) if (parent[node] === -1) order[reached++] = node;
  for (let i = 0; i < reached; i++) {
    for (let node = firstChild[order[i]!]!; node >= 0; node = sibling[node]!) order[reached++] = node;
  }
  if (reached < length) {
    const inOrder = new Uint8Array(length);
    for (let i = 0; i < reached; i++) inOrder[order[i]!] = 1;
    const place = recording.placeOf(`nodes[${inOrder.indexOf(0)}]`);
    source.fail('cyclic', 'nodes are children of each other in a circle', place);
  }
  return order;
}
