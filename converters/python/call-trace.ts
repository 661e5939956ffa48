/**
 * A call tree from what a tracer saw: calls, returns, lines, and the time between these events.
 *
 * Where lines are known, a function stands in the tree once for itself, with its calls and its self, and once
 * more for each line from which it called something.
 */
import {
  CallTree,
  grown,
  Int32List,
  type LineTable,
  type Metric,
  type Profile,
  type ProfileBuilder,
  type SampleTable,
  type Source,
} from '../../src/plugin.ts';
import { IntegerKeys } from './integer-keys.ts';

/** With more nodes than these, the lines that calls come from are not told apart any more: most are of recursion. */
const MANY_NODES = 2 ** 18;

const HITS: Metric = { name: 'hits', unit: 'count', title: 'lines run' };

/** What all threads did. */
export class CallTrace {
  readonly #tree = new CallTree();
  /** Whether any line was seen. */
  #lines = false;
  /** Whether calls from different lines were not told apart. */
  #merged = false;
  /** By node: microseconds or the like, and calls. */
  #self = new Float64Array(1024);
  #calls = new Float64Array(1024);
  /** By function. */
  #functionCalls = new Float64Array(64);
  #primitiveCalls = new Float64Array(64);
  /** Frames of the tree: a function, the line it called from or 0, and at the bottom of a stack its thread. */
  readonly #frames = new IntegerKeys();
  readonly #frameFunction = new Int32List();
  readonly #frameLine = new Int32List();
  readonly #frameThread = new Int32List();
  /** Rows of lines: a node and a line. */
  readonly #rows = new IntegerKeys();
  readonly #rowNode = new Int32List();
  readonly #rowLine = new Int32List();
  #rowTime = new Float64Array(1024);
  #rowHits = new Float64Array(1024);

  /** Number of nodes so far. */
  get length(): number {
    return this.#tree.length;
  }

  /** The node of a function, for itself (line 0) or for a line it calls from, below another node of its thread. */
  node(parent: number, func: number, line: number, thread: number): number {
    const frame = this.#frames.add(func, line, parent < 0 ? thread : 0);
    if (frame === this.#frameFunction.length) {
      this.#frameFunction.push(func);
      this.#frameLine.push(line);
      this.#frameThread.push(thread);
    }
    const node = this.#tree.child(parent, frame);
    if (node >= this.#self.length) {
      this.#self = grown(this.#self, node + 1);
      this.#calls = grown(this.#calls, node + 1);
    }
    return node;
  }

  /** The node of the same function that stands for a line it calls from. */
  site(node: number, func: number, line: number, thread: number): number {
    if (this.#tree.length < MANY_NODES) return this.node(this.#tree.parent[node]!, func, line, thread);
    this.#merged = true;
    return node;
  }

  addCall(node: number, func: number, primitive: boolean): void {
    if (func >= this.#functionCalls.length) {
      this.#functionCalls = grown(this.#functionCalls, func + 1);
      this.#primitiveCalls = grown(this.#primitiveCalls, func + 1);
    }
    this.#calls[node]!++;
    this.#functionCalls[func]!++;
    if (primitive) this.#primitiveCalls[func]!++;
  }

  /** Adds to what a node spent; `row`: where it did, or -1. */
  addTime(node: number, row: number, time: number): void {
    this.#self[node]! += time;
    if (row >= 0) this.#rowTime[row]! += time;
  }

  /** A line was run. */
  addHit(row: number): void {
    this.#lines = true;
    this.#rowHits[row]!++;
  }

  /** The row of a line of a node. */
  row(node: number, line: number): number {
    const row = this.#rows.add(node, line, 0);
    if (row === this.#rowNode.length) {
      this.#rowNode.push(node);
      this.#rowLine.push(line);
      this.#rowTime = grown(this.#rowTime, row + 1);
      this.#rowHits = grown(this.#rowHits, row + 1);
    }
    return row;
  }

  /** The profile. `functions`: their numbers in the builder. Several threads become labels. */
  profile(source: Source, builder: ProfileBuilder, functions: Int32Array): Profile {
    if (this.#merged)
      source.note('merged-call-sites', 'not all calls are told apart by the line they come from');
    if (this.#lines) builder.metrics.push(HITS);
    for (let i = 0; i < this.#frameFunction.length; i++) {
      const line = this.#frameLine.array[i]!;
      builder.addFrame(functions[this.#frameFunction.array[i]!]!, { line });
    }
    for (let f = 0; f < functions.length; f++) {
      const calls = this.#functionCalls[f] ?? 0;
      if (calls > 0) builder.addCalls(functions[f]!, calls, this.#primitiveCalls[f]!);
    }
    const { length, frame, parent } = this.#tree;
    const self = [this.#self.subarray(0, length)];
    if (this.#lines) self.push(this.#hits());
    const samples = this.#samples(builder, self);
    return builder.tree(
      {
        frame: frame.subarray(0, length),
        parent: parent.subarray(0, length),
        self,
        calls: this.#calls.subarray(0, length),
      },
      { ...(this.#lines && { lines: this.#lineTable() }), ...(samples && { samples }) },
    );
  }

  /** A sample for each node that has any self, labelled with its thread, if there are several. */
  #samples(builder: ProfileBuilder, self: Float64Array[]): SampleTable | undefined {
    const { length, frame, parent } = this.#tree;
    const thread = new Int32Array(length);
    for (let n = 0; n < length; n++) {
      const p = parent[n]!;
      thread[n] = p < 0 ? this.#frameThread.array[frame[n]!]! : thread[p]!;
    }
    if (thread.every((each) => each === thread[0])) return undefined;
    const node = Int32Array.from(thread.keys()).filter((n) => self.some((column) => column[n] !== 0));
    return {
      length: node.length,
      node,
      values: self.map((column) => Float64Array.from(node, (n) => column[n]!)),
      labels: node.map((n) => builder.labels([{ key: 'thread', value: thread[n]! }])),
    };
  }

  /** Lines that were run, by node. */
  #hits(): Float64Array<ArrayBuffer> {
    const hits = new Float64Array(this.#tree.length);
    for (let row = 0; row < this.#rowNode.length; row++)
      hits[this.#rowNode.array[row]!]! += this.#rowHits[row]!;
    return hits;
  }

  /** What no line took is in line 0. */
  #lineTable(): LineTable {
    const rest = this.#self.slice(0, this.#tree.length);
    for (let row = 0; row < this.#rowNode.length; row++)
      rest[this.#rowNode.array[row]!]! -= this.#rowTime[row]!;
    for (let node = 0; node < rest.length; node++) {
      if (rest[node] === 0) continue;
      // A new row may put another array in the place of this one.
      const row = this.row(node, 0);
      this.#rowTime[row]! += rest[node]!;
    }
    const { length } = this.#rowNode;
    return {
      length,
      node: this.#rowNode.trimmed(),
      line: this.#rowLine.trimmed(),
      values: [this.#rowTime.subarray(0, length), this.#rowHits.subarray(0, length)],
    };
  }
}

/** The calls of one thread that have not returned. */
export class TracedStack {
  depth = 0;
  readonly #trace: CallTrace;
  readonly #thread: number;
  #func = new Int32Array(64);
  #node = new Int32Array(64);
  #line = new Int32Array(64);
  /** The row of that line, or -1 if it is unknown or nothing was counted in it yet. */
  #row = new Int32Array(64);
  /** The node that stands for the line which is run, once something was called from it; else -1. */
  #site = new Int32Array(64);
  /** How often a function is on the stack. */
  #active = new Int32Array(64);

  constructor(trace: CallTrace, thread = 0) {
    this.#trace = trace;
    this.#thread = thread;
  }

  /** A call; `line` is where the function begins, if lines are to be told apart, else 0. */
  enter(func: number, line: number): void {
    const parent = this.depth === 0 ? -1 : this.#caller();
    const at = this.depth++;
    if (at === this.#func.length) {
      this.#func = grown(this.#func, at + 1);
      this.#node = grown(this.#node, at + 1);
      this.#line = grown(this.#line, at + 1);
      this.#row = grown(this.#row, at + 1);
      this.#site = grown(this.#site, at + 1);
    }
    if (func >= this.#active.length) this.#active = grown(this.#active, func + 1);
    const node = this.#trace.node(parent, func, 0, this.#thread);
    this.#trace.addCall(node, func, this.#active[func] === 0);
    this.#active[func]!++;
    this.#func[at] = func;
    this.#node[at] = node;
    this.#line[at] = line;
    this.#row[at] = -1;
    this.#site[at] = -1;
  }

  /** The node below which the function on top calls another. */
  #caller(): number {
    const at = this.depth - 1;
    const node = this.#node[at]!;
    const line = this.#line[at]!;
    if (line === 0) return node;
    if (this.#site[at] === -1) {
      this.#site[at] = this.#trace.site(node, this.#func[at]!, line, this.#thread);
    }
    return this.#site[at]!;
  }

  /** The function on top returns. */
  exit(): void {
    this.#active[this.#func[--this.depth]!]!--;
  }

  /** The function on top goes to a line. */
  goTo(line: number): void {
    const at = this.depth - 1;
    if (this.#line[at] !== line) {
      this.#line[at] = line;
      this.#row[at] = -1;
      this.#site[at] = -1;
    }
    this.#trace.addHit(this.#rowAt(at));
  }

  /** Time that the function on top took by itself; `inLine`: in the line it is at. */
  spend(time: number, inLine: boolean): void {
    const at = this.depth - 1;
    this.#trace.addTime(this.#node[at]!, inLine && this.#line[at] !== 0 ? this.#rowAt(at) : -1, time);
  }

  #rowAt(at: number): number {
    if (this.#row[at] === -1) this.#row[at] = this.#trace.row(this.#node[at]!, this.#line[at]!);
    return this.#row[at]!;
  }

  /** The function that is so many calls below the top, or -1. */
  function(below: number): number {
    return below < this.depth ? this.#func[this.depth - 1 - below]! : -1;
  }

  /** Whether a function has been called and has not returned. */
  holds(func: number): boolean {
    return (this.#active[func] ?? 0) > 0;
  }
}
