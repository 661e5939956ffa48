/**
 * Frames as locations: an address with all that is inlined there. Stacks of frames, root first, become lists of
 * locations, each of them a row of a table that grows as they are met.
 */
import {
  CallTree,
  type FrameTable,
  grown,
  Int32List,
  type NodeTable,
  type Profile,
  type StackTable,
} from '../../src/plugin.ts';

/** The mapping of a frame, or else that of its function; -1 = none. */
export function mappingOf({ frames, functions }: Profile, frame: number): number {
  const own = frames.mapping[frame]!;
  return own >= 0 ? own : functions.mapping[frames.func[frame]!]!;
}

export class LocationTable {
  /** Chains of frames inlined into each other, as nodes of a tree. */
  readonly #chains = new CallTree();
  /** Row + 1 by chain; 0 = no row. */
  #rowOf = new Int32Array(1024);
  /** Chain by row; -1 = the row has no frames. */
  readonly #chainOf = new Int32List();
  /** Chain of a frame alone, by frame; -1 = not met yet. */
  readonly #alone: Int32Array;
  readonly #frames: FrameTable;
  readonly #words: Int32Array | undefined;
  /** 1 by row for those that a stack names. */
  #used = new Uint8Array(1024);

  constructor(frames: FrameTable) {
    this.#frames = frames;
    this.#alone = new Int32Array(frames.length).fill(-1);
    const { address } = frames;
    if (address) this.#words = new Int32Array(address.buffer, address.byteOffset, address.length * 2);
  }

  get length(): number {
    return this.#chainOf.length;
  }

  /** Adds a row for a chain of frames, root first, though there may be one. */
  add(frames: ArrayLike<number>, from = 0, to: number = frames.length): number {
    const chain = this.chain(frames, from, to);
    const row = this.#append(chain);
    this.name(chain, row);
    return row;
  }

  /** The chain of these frames. */
  chain(frames: ArrayLike<number>, from: number, to: number): number {
    let chain = -1;
    for (let i = from; i < to; i++) chain = this.#chains.child(chain, frames[i]!);
    return chain;
  }

  /** Makes a row stand for a chain, unless one does already. */
  name(chain: number, row: number): void {
    this.#rowOf = grown(this.#rowOf, this.#chains.length);
    if (chain >= 0 && this.#rowOf[chain] === 0) this.#rowOf[chain] = row + 1;
  }

  #append(chain: number): number {
    const row = this.#chainOf.length;
    this.#chainOf.push(chain);
    this.#used = grown(this.#used, row + 1);
    return row;
  }

  /** The row of a chain, a new one if there is none. */
  #row(chain: number): number {
    const known = (this.#rowOf[chain] ?? 0) - 1;
    const row = known < 0 ? this.#append(chain) : known;
    if (known < 0) this.name(chain, row);
    this.#used[row] = 1;
    return row;
  }

  isUsed(row: number): boolean {
    return this.#used[row] === 1;
  }

  /** Marks rows that no stack names. */
  use(row: number): void {
    this.#used[row] = 1;
  }

  /** The frames of a row, innermost first. */
  framesOf(row: number): number[] {
    const frames: number[] = [];
    for (let chain = this.#chainOf.array[row]!; chain >= 0; chain = this.#chains.parent[chain]!)
      frames.push(this.#chains.frame[chain]!);
    return frames;
  }

  #aloneChain(frame: number): number {
    let chain = this.#alone[frame]!;
    if (chain < 0) {
      chain = this.#chains.child(-1, frame);
      this.#alone[frame] = chain;
    }
    return chain;
  }

  /** Whether a frame is inlined into the one before it on the stack. */
  #isInlined(frame: number, before: number): boolean {
    const { inline, mapping } = this.#frames;
    const depth = inline![frame]!;
    if (depth === 0 || inline![before] !== depth - 1 || mapping[frame] !== mapping[before]) return false;
    const words = this.#words;
    return (
      !words || (words[2 * frame] === words[2 * before] && words[2 * frame + 1] === words[2 * before + 1])
    );
  }

  /** Puts the rows of a stack, leaf first, into `rows`, which has room for one a frame. Returns how many. */
  rowsOf(frames: Int32Array, from: number, to: number, rows: Int32Array): number {
    let length = 0;
    if (!this.#frames.inline) {
      for (let k = to - 1; k >= from; k--) rows[length++] = this.#row(this.#aloneChain(frames[k]!));
      return length;
    }
    let chain = -1;
    for (let k = from; k < to; k++) {
      const frame = frames[k]!;
      if (k > from && this.#isInlined(frame, frames[k - 1]!)) chain = this.#chains.child(chain, frame);
      else {
        if (chain >= 0) rows[length++] = this.#row(chain);
        chain = this.#aloneChain(frame);
      }
    }
    if (chain >= 0) rows[length++] = this.#row(chain);
    return rows.subarray(0, length).reverse().length;
  }
}

/** Stacks as frames: those that a profile lists, or the ways to nodes of its tree. */
export class Stacks {
  readonly length: number;
  /** The frames of the stack that was gone to, root first: `frame[from … to]`. */
  frame: Int32Array;
  from = 0;
  to = 0;
  readonly #list: StackTable | undefined;
  readonly #nodes: NodeTable | undefined;
  /** Which stack of the list, or which node. */
  readonly #rows: Int32Array | undefined;

  private constructor(
    list: StackTable | undefined,
    nodes: NodeTable | undefined,
    rows: Int32Array | undefined,
  ) {
    this.#list = list;
    this.#nodes = nodes;
    this.#rows = rows;
    this.length = rows?.length ?? list!.length;
    this.frame = list?.frame ?? new Int32Array(1024);
  }

  /** The stacks of a list, or those of these rows. */
  static listed(list: StackTable, rows?: Int32Array): Stacks {
    return new Stacks(list, undefined, rows);
  }

  /** The ways to these nodes. */
  static ofNodes(nodes: NodeTable, rows: Int32Array): Stacks {
    return new Stacks(undefined, nodes, rows);
  }

  /** Goes to a stack; returns how many frames it has. */
  goto(index: number): number {
    const row = this.#rows ? this.#rows[index]! : index;
    if (this.#list) {
      this.from = this.#list.start[row]!;
      this.to = this.#list.start[row + 1]!;
      return this.to - this.from;
    }
    const { parent, frame } = this.#nodes!;
    let depth = 0;
    for (let n = row; n >= 0; n = parent[n]!) {
      if (depth === this.frame.length) this.frame = grown(this.frame, depth + 1);
      this.frame[depth++] = frame[n]!;
    }
    this.frame.subarray(0, depth).reverse();
    this.to = depth;
    return depth;
  }
}
