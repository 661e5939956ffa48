/**
 * Lines of folded stacks, `main;parse;read 42`, on bytes: the count at the end, and the tree of the stacks.
 *
 * A line shares its beginning with the one before, so only the rest is looked up; a frame is read once for
 * all lines that have it.
 */
import { CallTree } from '../call-tree.ts';
import { FIRST_ROOM, grown, Int32List, type Value } from '../columns.ts';
import { ExactSums } from '../exact-sums.ts';
import { Interner, textsIn } from '../interner.ts';
import type { Column } from '../profile.ts';
import { commonPrefix } from '../scan.ts';
import type { LineReader } from './lines.ts';
import { PlainStacks } from './plain-stacks.ts';

const TAB = 9;
const SPACE = 32;
const ZERO = 48;
const SEMICOLON = 59;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;
const MAX_RESERVE = 1 << 23;
/** Inputs of fewer bytes are read sooner than a module is loaded. */
const LARGE = 1 << 16;

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

/** What `ProfileBuilder.tree` takes; and whether a self is too large to be exact. */
export interface StackColumns {
  frame: Int32Array;
  parent: Int32Array;
  self: Column[];
  rounded: boolean;
}

/** The tree of stacks that are given as text, root first, with values by node. */
export class StackTree {
  readonly #frameOf: (text: string) => number;
  readonly #names = new Interner();
  readonly #frames = new Int32List();
  readonly #expected: number;
  readonly #tree: CallTree;
  /** Sums by node, for each metric. */
  readonly #self: ExactSums[];
  /** The stack before: where it lies in which buffer, the ends of its frames, and their nodes. */
  #view: DataView | undefined;
  #passed = 0;
  #start = 0;
  #length = 0;
  #ends = new Int32Array(FIRST_ROOM);
  #nodes = new Int32Array(FIRST_ROOM);
  #depth = 0;
  /** Stacks that were taken as plain lines; null = they cannot be. */
  #plain: PlainStacks | null | undefined;
  /** The names and nodes of those that are among the others so far. */
  readonly #plainFrames = new Int32List();
  readonly #plainNodes = new Int32List();

  /** `frameOf` gives the frame of a text between semicolons; `size` of the input in bytes, where it is known. */
  constructor(metrics: number, size: number | undefined, frameOf: (text: string) => number) {
    this.#frameOf = frameOf;
    // Grown tables are copied: a stack that is seen for the first time takes some 300 bytes of the file.
    this.#expected = Math.min(1024 + (size ?? 0) / 256, MAX_RESERVE);
    this.#tree = new CallTree(this.#expected);
    this.#self = Array.from({ length: metrics }, () => new ExactSums(this.#expected));
    if (size !== undefined && size < LARGE) this.#plain = null;
  }

  /**
   * Takes the lines ahead that are a stack, and behind a blank each an integer for each metric, up to one that is
   * not. Those that begin with `#` are passed over if `commented`. Returns how many stacks there were.
   */
  takePlain(lines: LineReader, commented = false): number {
    if (this.#plain === undefined)
      this.#plain = PlainStacks.open(this.#self.length, this.#expected, commented) ?? null;
    return this.#plain?.take(lines) ?? 0;
  }

  /** The node of the stack `start … end` in the current line. */
  node({ bytes, view, passed }: LineReader, start: number, end: number): number {
    this.#settle();
    const length = end - start;
    const isNear = view === this.#view && passed === this.#passed;
    const limit = isNear ? Math.min(length, this.#length) : 0;
    // Frames that end before the first difference are the same as in the stack before.
    const same = commonPrefix(view, start, view, this.#start, limit);
    let depth = 0;
    while (depth < this.#depth && this.#ends[depth]! < same) depth++;
    let at = depth === 0 ? 0 : this.#ends[depth - 1]! + 1;
    let node = depth === 0 ? -1 : this.#nodes[depth - 1]!;
    while (at <= length) {
      const name = this.#names.internUpTo(SEMICOLON, bytes, view, start + at, end);
      node = this.#tree.child(node, this.#frame(name));
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
    this.#view = view;
    this.#passed = passed;
    this.#start = start;
    this.#length = length;
    return node;
  }

  /** The frame of a name; names are asked for in the order in which they get their ids. */
  #frame(name: number): number {
    if (name === this.#frames.length) this.#frames.push(this.#frameOf(this.#names.text(name)));
    return this.#frames.array[name]!;
  }

  /** The node of a stack of this one frame. */
  root(frame: number): number {
    this.#settle();
    return this.#tree.child(-1, frame);
  }

  /** Adds to the self of a node. */
  add(node: number, metric: number, value: Value): void {
    this.#self[metric]!.add(node, value);
  }

  /** Puts the plain stacks among the others. */
  #settle(): void {
    const plain = this.#plain;
    if (!plain || plain.nodeCount === this.#plainNodes.length) return;
    this.#settleNames(plain);
    const { name, parent } = plain.nodes();
    const nodes = this.#plainNodes;
    for (let i = nodes.length; i < name.length; i++) {
      const above = parent[i]! < 0 ? -1 : nodes.array[parent[i]!]!;
      nodes.push(this.#tree.child(above, this.#plainFrames.array[name[i]!]!));
    }
  }

  #settleNames(plain: PlainStacks): void {
    const { heap, starts } = plain.names();
    const view = new DataView(heap.buffer, heap.byteOffset, heap.length);
    for (let id = this.#plainFrames.length; id < starts.length - 1; id++)
      this.#plainFrames.push(this.#frame(this.#names.intern(heap, view, starts[id]!, starts[id + 1]!)));
  }

  /** The nodes of all stacks. */
  columns(): StackColumns {
    const plain = this.#plain;
    if (plain && this.#tree.length === 0) {
      const { heap, starts } = plain.names();
      for (const text of textsIn(heap, starts)) this.#plainFrames.push(this.#frameOf(text));
      if (areDistinct(this.#plainFrames.trimmed())) return this.#plainColumns(plain);
    }
    if (plain) {
      this.#settle();
      this.#addPlain(plain);
    }
    const { length, frame, parent } = this.#tree;
    const self = this.#self.map((sums) => sums.column(length));
    return {
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self,
      rounded: this.#self.some(({ rounded }) => rounded),
    };
  }

  /** All nodes, where all are those of plain stacks. */
  #plainColumns(plain: PlainStacks): StackColumns {
    const { name, parent } = plain.nodes();
    const frames = this.#plainFrames.trimmed();
    const frame = name.slice();
    // Short loops over all nodes take longer than what they do: they are not compiled at once.
    if (frames.some((id, i) => id !== i))
      for (let node = 0; node < frame.length; node++) frame[node] = frames[name[node]!]!;
    const self = this.#self.map((_, metric) => plain.sums(metric));
    return { frame, parent: parent.slice(), self, rounded: false };
  }

  /** Adds the values of plain stacks to those of the others. */
  #addPlain(plain: PlainStacks): void {
    for (const [metric, self] of this.#self.entries()) {
      const sums = plain.sums(metric);
      for (const [i, sum] of sums.entries()) if (sum > 0) self.add(this.#plainNodes.array[i]!, sum);
    }
  }
}

/** Whether no two frames are the same, where a new one has the highest number so far. */
function areDistinct(frames: Int32Array): boolean {
  return frames.every((frame, i) => i === 0 || frame > frames[i - 1]!);
}
