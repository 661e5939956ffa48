/**
 * Lines of folded stacks, `main;parse;read 42`, on bytes: the count at the end, and the tree of the stacks.
 *
 * A line shares its beginning with the one before, so only the rest is looked up; a frame is read once for
 * all lines that have it.
 */
import { CallTree } from '../call-tree.ts';
import { FIRST_ROOM, grown, Int32List, type Value } from '../columns.ts';
import { ExactSums } from '../exact-sums.ts';
import { Interner } from '../interner.ts';
import type { Column } from '../profile.ts';
import type { LineReader } from './lines.ts';

const TAB = 9;
const SPACE = 32;
const ZERO = 48;
const SEMICOLON = 59;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;
const MAX_RESERVE = 1 << 23;

/** Where `bytes[start … end]` ends without the blanks and tabs at its end. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--;
  return at;
}

/** The count at the end of a line: at most 15 digits behind a blank or a tab. */
export class TrailingCount {
  value = 0;
  /** Where the text in front of the count ends, blanks left out. */
  textEnd = 0;

  /** Whether `bytes[start … end]` ends in a count. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = end;
    let value = 0;
    for (let scale = 1; at > start && end - at < EXACT_DIGITS; scale *= 10) {
      const digit = bytes[at - 1]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value += digit * scale;
      at--;
    }
    if (at === end || at === start) return false;
    if (bytes[at - 1] !== SPACE && bytes[at - 1] !== TAB) return false;
    this.value = value;
    this.textEnd = trimmedEnd(bytes, start, at);
    return true;
  }
}

/** The tree of stacks that are given as text, root first, with values by node. */
export class StackTree {
  readonly #frameOf: (text: string) => number;
  readonly #names = new Interner();
  readonly #frames = new Int32List();
  readonly #tree: CallTree;
  /** Sums by node, for each metric. */
  readonly #self: ExactSums[];
  /** The stack before: its line, where it lies in that, the ends of its frames, and their nodes. */
  #line = 0;
  #offset = 0;
  #length = 0;
  #ends = new Int32Array(FIRST_ROOM);
  #nodes = new Int32Array(FIRST_ROOM);
  #depth = 0;

  /** `frameOf` gives the frame of a text between semicolons; `size` of the input in bytes, where it is known. */
  constructor(metrics: number, size: number | undefined, frameOf: (text: string) => number) {
    this.#frameOf = frameOf;
    // Grown tables are copied: a stack that is seen for the first time takes some 300 bytes of the file.
    const expected = Math.min(1024 + (size ?? 0) / 256, MAX_RESERVE);
    this.#tree = new CallTree(expected);
    this.#self = Array.from({ length: metrics }, () => new ExactSums(expected));
  }

  /** The node of the stack `start … end` in the current line, best gone to by `nextLike`. */
  node(lines: LineReader, start: number, end: number): number {
    const { bytes, view, line } = lines;
    const offset = start - lines.start;
    const length = end - start;
    const isNext = line === this.#line + 1 && offset === this.#offset;
    // Frames that end before the first difference are the same as in the stack before.
    const same = isNext ? Math.min(lines.shared - offset, length, this.#length) : 0;
    let depth = 0;
    while (depth < this.#depth && this.#ends[depth]! < same) depth++;
    let at = depth === 0 ? 0 : this.#ends[depth - 1]! + 1;
    let node = depth === 0 ? -1 : this.#nodes[depth - 1]!;
    while (at <= length) {
      const name = this.#names.internUpTo(SEMICOLON, bytes, view, start + at, end);
      if (name === this.#frames.length) this.#frames.push(this.#frameOf(this.#names.text(name)));
      node = this.#tree.child(node, this.#frames.array[name]!);
      if (depth === this.#ends.length) {
        this.#ends = grown(this.#ends, depth + 1);
        this.#nodes = grown(this.#nodes, depth + 1);
      }
      at += this.#names.size(name);
      this.#ends[depth] = at;
      this.#nodes[depth] = node;
      depth++;
      at++;
    }
    this.#depth = depth;
    this.#line = line;
    this.#offset = offset;
    this.#length = length;
    return node;
  }

  /** The node of a stack of this one frame. */
  root(frame: number): number {
    return this.#tree.child(-1, frame);
  }

  /** Adds to the self of a node. */
  add(node: number, metric: number, value: Value): void {
    this.#self[metric]!.add(node, value);
  }

  /** The nodes so far: what `ProfileBuilder.tree` takes; and whether a self is too large to be exact. */
  columns(): { frame: Int32Array; parent: Int32Array; self: Column[]; rounded: boolean } {
    const { length, frame, parent } = this.#tree;
    const self = this.#self.map((sums) => sums.column(length));
    return {
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self,
      rounded: this.#self.some(({ rounded }) => rounded),
    };
  }
}
