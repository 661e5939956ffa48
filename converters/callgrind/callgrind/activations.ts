/**
 * The call tree of an Xdebug file, exact.
 *
 * Xdebug writes a block for each activation of a function when it returns, callees before their caller: a
 * block that lists n calls is the caller of the last n blocks that have no caller yet.
 */
import {
  CallTree,
  type Column,
  Float64List,
  Int32List,
  type Profile,
  type ProfileBuilder,
} from '../../../src/plugin.ts';
import type { CostLine } from './cost-line.ts';
import type { Functions } from './functions.ts';
import { TripleIndex } from './names.ts';

export class Activations {
  /** False once a block did not fit: then the file is no list of activations. */
  fit = true;
  readonly #functions: Functions;
  readonly #func: Int32List;
  /** Line of the self cost. */
  readonly #line: Int32List;
  /** The caller's activation, and its line; -1 = none. */
  readonly #parent: Int32List;
  readonly #callLine: Int32List;
  /** By metric. */
  readonly #self: Float64List[] = [];
  #layout: number[] = [];
  /** Activations without a caller yet, oldest first; those below `base` are of parts before. */
  readonly #open = new Int32List();
  #base = 0;
  /** Name and line of the calls of the open block. */
  readonly #calls = new Int32List();
  #block = -1;
  readonly #reserve: number;

  /** `reserve` is about how many activations will come. */
  constructor(functions: Functions, reserve: number) {
    this.#functions = functions;
    this.#reserve = reserve;
    this.#func = new Int32List(reserve);
    this.#line = new Int32List(reserve);
    this.#parent = new Int32List(reserve);
    this.#callLine = new Int32List(reserve);
  }

  get length(): number {
    return this.#func.length;
  }

  setLayout(metrics: number[]): void {
    this.#layout = metrics;
    for (const metric of metrics) {
      while (this.#self.length <= metric) this.#self.push(new Float64List(this.#reserve));
    }
  }

  /** A function's block begins. */
  startBlock(func: number): void {
    this.endBlock();
    if (!this.fit) return;
    this.#block = this.length;
    this.#func.push(func);
    this.#line.push(0);
    this.#parent.push(-1);
    this.#callLine.push(0);
    for (const column of this.#self) while (column.length < this.length) column.push(0);
  }

  addSelf({ line, values, exact }: CostLine): void {
    const block = this.#block;
    // Times beyond 2^52 are no times.
    if (block < 0 || exact !== undefined) this.fit = false;
    if (!this.fit) return;
    this.#line.array[block] = line;
    for (let k = 0; k < values.length; k++) this.#self[this.#layout[k]!]!.array[block]! += values[k]!;
  }

  /** The open block calls a function of this name (a number of the interner). */
  addCall(name: number, calls: number, line: number): void {
    if (this.#block < 0 || calls !== 1) this.fit = false;
    this.#calls.push(name);
    this.#calls.push(line);
  }

  /** Gives the calls of the block their activations. */
  endBlock(): void {
    const block = this.#block;
    if (block < 0 || !this.fit) return;
    this.#block = -1;
    const count = this.#calls.length / 2;
    const first = this.#open.length - count;
    if (first < this.#base) {
      this.fit = false;
      return;
    }
    for (let call = 0; call < count; call++) {
      const callee = this.#open.array[first + call]!;
      if (this.#functions.nameOf(this.#func.array[callee]!) !== this.#calls.array[2 * call]) {
        this.fit = false;
        return;
      }
      this.#parent.array[callee] = block;
      this.#callLine.array[callee] = this.#calls.array[2 * call + 1]!;
    }
    this.#open.length = first;
    this.#open.push(block);
    this.#calls.length = 0;
  }

  /** Activations of the part before stay without a caller. */
  startPart(): void {
    this.endBlock();
    this.#base = this.#open.length;
  }

  /** Lines of functions of PHP itself are lines of their callers: `internal` tells which these are. */
  placeLines(internal: (func: number) => boolean): void {
    for (let i = 0; i < this.length; i++) {
      const func = this.#func.array[i]!;
      if (internal(func)) this.#line.array[i] = 0;
      else this.#functions.enteredAt(func, this.#line.array[i]!);
    }
  }

  /** The profile of all activations. `finish` scales and derives columns of metrics. */
  profile(builder: ProfileBuilder, finish: (columns: Float64Array[]) => Column[]): Profile {
    const { length } = this;
    const tree = new CallTree();
    const frames = new TripleIndex();
    const nodeOf = new Int32Array(length);
    /** The node in which an activation was called; then that of its own lines. */
    const above = new Int32Array(length).fill(-1);
    const { order, end } = this.#inOrderOfCall();
    /** Where the outermost activation of a function ends that was met last; and counts of calls. */
    const outermostEnd = new Int32Array(this.#functions.length);
    const called = new Float64Array(this.#functions.length);
    const primitive = new Float64Array(this.#functions.length);
    for (let position = 0; position < length; position++) {
      const i = order[position]!;
      const func = this.#func.array[i]!;
      const parent = this.#parent.array[i]!;
      if (parent >= 0) {
        const caller = frames.find(this.#func.array[parent]!, this.#callLine.array[i]!, 0);
        above[i] = tree.child(above[parent]!, caller);
      }
      nodeOf[i] = tree.child(above[i]!, frames.find(func, this.#line.array[i]!, 0));
      called[func]!++;
      if (position < outermostEnd[func]!) continue;
      outermostEnd[func] = end[i]!;
      primitive[func]!++;
    }
    for (let func = 0; func < called.length; func++) builder.addCalls(func, called[func]!, primitive[func]!);
    for (let frame = 0; frame < frames.length; frame++) {
      builder.addFrame(frames.a.array[frame]!, { line: frames.b.array[frame]! });
    }
    const self = this.#self.map((column) => {
      const sums = new Float64Array(tree.length);
      for (let i = 0; i < length; i++) sums[nodeOf[i]!]! += column.array[i]!;
      return sums;
    });
    const calls = new Float64Array(tree.length);
    for (let i = 0; i < length; i++) calls[nodeOf[i]!]!++;
    return builder.tree({
      frame: tree.frame.subarray(0, tree.length),
      parent: tree.parent.subarray(0, tree.length),
      self: finish(self),
      calls,
    });
  }

  /**
   * Activations, callers first (the list holds callees before their callers), and for each the place in this
   * order behind all that it called.
   */
  #inOrderOfCall(): { order: Int32Array; end: Int32Array } {
    const { length } = this;
    const parent = this.#parent.array;
    const size = new Int32Array(length).fill(1);
    for (let i = 0; i < length; i++) if (parent[i]! >= 0) size[parent[i]!]! += size[i]!;
    const order = new Int32Array(length);
    const end = new Int32Array(length);
    /** The end of the places of an activation's callees that are still free: filled from the back. */
    const free = new Int32Array(length);
    let top = length;
    for (let i = length - 1; i >= 0; i--) {
      const p = parent[i]!;
      end[i] = free[i] = p < 0 ? top : free[p]!;
      const from = end[i]! - size[i]!;
      if (p < 0) top = from;
      else free[p] = from;
      order[from] = i;
    }
    return { order, end };
  }
}
